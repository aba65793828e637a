using System.ClientModel.Primitives;

namespace ChatService.Tests;

/// <summary>The default retry policy of the SDK, without delays between the attempts.</summary>
internal sealed class ImmediateRetryPolicy : ClientRetryPolicy
{
    protected override TimeSpan GetNextDelay(PipelineMessage message, int tryCount) => TimeSpan.Zero;
}
