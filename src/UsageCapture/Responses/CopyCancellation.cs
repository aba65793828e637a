namespace UsageCapture.Responses;

/// <summary>The cancellation of a copy of a response: by the caller's token, except while only sinks are waited for.</summary>
/// <remarks>
/// The content that copies itself gets <see cref="Token"/>, because it breaks the connection when its token is canceled. When the caller's
/// token is canceled during <see cref="WaitAsync"/>, the response is complete, so the copy has a short time to reach its end.
/// </remarks>
internal sealed class CopyCancellation : IDisposable
{
    private readonly CancellationToken _callerToken;
    private readonly CancellationTokenSource? _copy;
    private readonly CancellationTokenRegistration _registration;
    private volatile bool _isWaiting;

    public CopyCancellation(CancellationToken callerToken)
    {
        _callerToken = callerToken;
        if (callerToken.CanBeCanceled)
        {
            _copy = new CancellationTokenSource();
            _registration = callerToken.UnsafeRegister(static copy => ((CopyCancellation)copy!).OnCallerCanceled(), this);
        }
    }

    /// <summary>Gets the token for the copy.</summary>
    public CancellationToken Token => _copy?.Token ?? CancellationToken.None;

    /// <summary>Waits for the sinks. It never throws.</summary>
    public async ValueTask WaitAsync(Task publishing)
    {
        _isWaiting = true;
        await PublishingWait.WaitAsync(publishing, _callerToken).ConfigureAwait(false);

        // Stays true after a cancellation, because OnCallerCanceled may run after this.
        _isWaiting = _callerToken.IsCancellationRequested;
        if (_callerToken.IsCancellationRequested)
        {
            _copy!.CancelAfter(PublishingWait.EndOfBodyTime);
        }
    }

    /// <summary>Gets the exception that the caller gets: one with the caller's token in place of the copy's.</summary>
    public Exception ForCaller(OperationCanceledException exception)
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
        if (!_isWaiting)
        {
            _copy!.Cancel();
        }
    }
}
