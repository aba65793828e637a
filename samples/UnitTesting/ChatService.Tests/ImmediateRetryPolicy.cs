using System.ClientModel.Primitives;

namespace ChatService.Tests;

/// <summary>Retries as the SDK does by default, without the waiting.</summary>
internal sealed class ImmediateRetryPolicy : ClientRetryPolicy
{
    protected override TimeSpan GetNextDelay(PipelineMessage message, int tryCount) => TimeSpan.Zero;
}
