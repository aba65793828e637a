using UsageCapture.Exchanges;

namespace UsageCapture.Responses;

/// <summary>The cancellation of a copy of a response: by the caller's token, except after the response is complete.</summary>
/// <remarks>
/// The content that copies itself gets <see cref="Token"/>, because it breaks the connection when its token is canceled. When the caller's
/// token is canceled after the exchange has ended, only sinks are waited for, so the copy has a short time to reach its end.
/// </remarks>
internal sealed class CopyCancellation : IDisposable
{
    private readonly ExchangeRecorder _recorder;
    private readonly CancellationToken _callerToken;
    private readonly CancellationTokenSource? _copy;
    private readonly CancellationTokenRegistration _registration;

    public CopyCancellation(ExchangeRecorder recorder, CancellationToken callerToken)
    {
        _recorder = recorder;
        _callerToken = callerToken;
        if (callerToken.CanBeCanceled)
        {
            _copy = new CancellationTokenSource();
            _registration = callerToken.UnsafeRegister(static copy => ((CopyCancellation)copy!).OnCallerCanceled(), this);
        }
    }

    /// <summary>Gets the token for the copy.</summary>
    public CancellationToken Token => _copy?.Token ?? CancellationToken.None;

    /// <summary>Waits for the sinks, or until the caller's token is canceled. It never throws.</summary>
    public ValueTask WaitAsync(Task publishing) => PublishingWait.WaitAsync(publishing, _callerToken);

    /// <summary>Gets the exception that the caller gets: one with the caller's token in place of the copy's.</summary>
    public Exception WithCallerToken(OperationCanceledException exception)
    {
        if (_copy is null || exception.CancellationToken != _copy.Token)
        {
            return exception;
        }

        return exception is TaskCanceledException
            ? new TaskCanceledException(exception.Message, exception.InnerException, _callerToken)
            : new OperationCanceledException(exception.Message, exception.InnerException, _callerToken);
    }

    public void Dispose()
    {
        _registration.Dispose(); // Waits for OnCallerCanceled, which uses the source.
        _copy?.Dispose();
    }

    private void OnCallerCanceled()
    {
        if (_recorder.HasEnded)
        {
            _copy!.CancelAfter(PublishingWait.MaxEndOfBodyTime);
        }
        else
        {
            _copy!.Cancel();
        }
    }
}
