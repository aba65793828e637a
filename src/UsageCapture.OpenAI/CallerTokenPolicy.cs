using System.ClientModel.Primitives;

namespace UsageCapture;

/// <summary>Stores the caller's cancellation token on the message of a call, where <see cref="CallIdTransport"/> finds it.</summary>
/// <remarks>
/// While a transport sends, the token of the message is another one, which also ends with the network timeout. It is disposed when the
/// response has arrived. So the caller's token is read before, by this policy.
/// </remarks>
internal sealed class CallerTokenPolicy : PipelinePolicy
{
    /// <summary>Gets the caller's token of a message; the default value when there is none.</summary>
    public static CancellationToken GetCallerToken(PipelineMessage message) =>
        message.TryGetProperty(typeof(CallerTokenPolicy), out object? value) && value is CancellationToken token ? token : default;

    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        StoreToken(message);
        ProcessNext(message, pipeline, currentIndex);
    }

    public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        StoreToken(message);
        return ProcessNextAsync(message, pipeline, currentIndex);
    }

    private static void StoreToken(PipelineMessage message)
    {
        if (message.CancellationToken.CanBeCanceled)
        {
            message.SetProperty(typeof(CallerTokenPolicy), message.CancellationToken);
        }
    }
}
