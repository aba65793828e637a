using UsageCapture.Exchanges;

namespace UsageCapture.Responses;

/// <summary>Cancels the asynchronous copy of a response when the caller's token is canceled: at once, or a little later when the response is complete.</summary>
/// <remarks>
/// The response's content gets <see cref="Token"/> and not the caller's token, because it closes the connection as soon as its token is
/// canceled. After the exchange has ended, the response is complete and only the sinks are late. Then the copy may go on for
/// <see cref="PublishingWait.MaxEndOfBodyTime"/>, so that the caller gets the end of the response. <see cref="TeeContent"/> creates it for one copy.
/// </remarks>
internal sealed class CopyCancellation : IDisposable
{
    private readonly ExchangeRecorder _recorder;
    private readonly CancellationToken _callerToken;
    private readonly CancellationTokenSource? _copySource; // Null when the caller's token cannot be canceled.
    private readonly CancellationTokenRegistration _registration;

    public CopyCancellation(ExchangeRecorder recorder, CancellationToken callerToken)
    {
        _recorder = recorder;
        _callerToken = callerToken;
        if (callerToken.CanBeCanceled)
        {
            _copySource = new CancellationTokenSource();
            _registration = callerToken.UnsafeRegister(static cancellation => ((CopyCancellation)cancellation!).OnCallerCanceled(), this);
        }
    }

    /// <summary>Gets the token for the copy.</summary>
    public CancellationToken Token => _copySource?.Token ?? CancellationToken.None;

    /// <summary>Waits for the sinks, or until the caller's token is canceled. It never throws.</summary>
    public ValueTask WaitAsync(Task publishing) => PublishingWait.WaitAsync(publishing, _callerToken);

    /// <summary>Gets the exception for the caller: with the caller's token in place of the token of the copy. Other exceptions are returned as they are.</summary>
    public Exception WithCallerToken(OperationCanceledException exception)
    {
        if (_copySource is null || exception.CancellationToken != _copySource.Token)
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
        _copySource?.Dispose();
    }

    private void OnCallerCanceled()
    {
        if (_recorder.HasEnded)
        {
            _copySource!.CancelAfter(PublishingWait.MaxEndOfBodyTime);
        }
        else
        {
            _copySource!.Cancel();
        }
    }
}
