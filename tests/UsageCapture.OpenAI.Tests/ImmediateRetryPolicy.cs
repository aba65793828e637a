using System.ClientModel.Primitives;

namespace UsageCapture.OpenAI.Tests;

/// <summary>The SDK's own retries, without the pauses between them.</summary>
internal sealed class ImmediateRetryPolicy(int maxRetries) : ClientRetryPolicy(maxRetries)
{
    protected override TimeSpan GetNextDelay(PipelineMessage message, int tryCount) => TimeSpan.Zero;
}
