using System.Net.Http.Headers;

using UsageCapture.Decoding;
using UsageCapture.Delivery;
using UsageCapture.Providers;
using UsageCapture.Recognition;
using UsageCapture.Responses;
using UsageCapture.Telemetry;

namespace UsageCapture.Exchanges;

/// <summary>Watches one exchange from its request to its end, and publishes the one record of it.</summary>
/// <remarks>
/// The end comes once, whoever sees it first: the reader at the protocol's end or the body's, a fault, or the disposal, which may
/// come from another thread in the middle of a read. A response that is dropped, neither read to its end nor disposed of, ends when the
/// garbage collector finds it. Nothing here throws at the caller.
/// </remarks>
internal sealed class ExchangeRecorder(ExchangeStart exchange, UsageReader reader, ExchangeContext context) : IDisposable
{
    private readonly Lock _lock = new();
    private UsageReader _reader = reader;
    private ExchangeStart _exchange = exchange;
    private BodyDecoder? _decoder;
    private string _provider = exchange.Endpoint.Provider;
    private ProtocolDetector? _recognition;
    private string? _requestId;
    private int _statusCode; // Zero: no response came.
    private bool _isSuccess;
    private long _firstByteTimestamp; // Zero: no byte came.
    private bool _wasNeverSent;
    private bool _ended;
    private TailDrain? _drain;
    private Task _publishing = Task.CompletedTask;

#pragma warning disable MA0055 // It frees nothing: it is the only one to hear of a response that was dropped, and tokens were billed for it.
    ~ExchangeRecorder() => ThreadPool.UnsafeQueueUserWorkItem(static capture => capture.Dispose(), this, preferLocal: false);
#pragma warning restore MA0055

    /// <summary>Sets the token of the caller's latest read: the disposal after it, or in the middle of it, was a change of mind if it fired.</summary>
    /// <remarks>The SDKs' read time-out cancels a read and disposes of the stream at once; which of the two is seen first is chance.</remarks>
    public CancellationToken ReadToken { private get; set; }

    /// <summary>Gets whether the request asks for usage only because the handler added that.</summary>
    public bool HasAsked => _exchange.UsageRequest == UsageRequestState.AskedByHandler;

    /// <summary>Gets the model that the request's body names.</summary>
    public string? RequestModel => _exchange.RequestModel;

    /// <summary>Gets what another attempt at the same would belong to.</summary>
    public CallAttempts Operation => _exchange.Attribution?.Operation ?? new CallAttempts(_exchange.Id, attempts: 1);

    /// <summary>Gets where in the bytes that were looked at last every choice had finished: zero when they had before; null when some have not.</summary>
    /// <remarks>Only events tell; it is at the end of one.</remarks>
    public int? FinishedAt { get; private set; }

    /// <summary>Takes note that the server refuses to be asked, so that the request is sent as the caller made it.</summary>
    public void NoteRefusal() => _exchange = _exchange with { UsageRequest = UsageRequestState.RefusedByServer };

    /// <summary>Puts the capture between the response's content and its reader.</summary>
    /// <param name="response">The response.</param>
    /// <param name="recognition">What finds out whose response it is, where the request does not tell; where it finds nothing, this is no exchange.</param>
    public HttpResponseMessage Attach(HttpResponseMessage response, ProtocolDetector? recognition = null)
    {
        _requestId = ProviderRequestId.Of(response.Headers);
        _statusCode = (int)response.StatusCode;
        _isSuccess = response.IsSuccessStatusCode;
        _recognition = recognition;
        if (recognition is null)
        {
            Begin(response.Headers, response.Content.Headers);
        }

        response.Content = new TeeContent(response.Content, this, hides: context.HidesInjectedUsage && HasAsked && _isSuccess);
        return response;
    }

    /// <summary>Looks at bytes on their way to the caller.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="publishing">What to wait for before those that end the protocol are handed over; done when nothing ends here.</param>
    /// <returns>How many of the bytes come before the protocol's end: all of them when it is not among them.</returns>
    public int Observe(ReadOnlySpan<byte> bytes, out Task publishing)
    {
        int beforeEnd = bytes.Length;
        bool isEnd = false;
        lock (_lock)
        {
            _firstByteTimestamp = _firstByteTimestamp == 0 ? context.TimeProvider.GetTimestamp() : _firstByteTimestamp;
            if (_ended)
            {
                FinishedAt = FinishedAt is null ? null : 0;
            }
            else if (IsRecognized(bytes))
            {
                beforeEnd = Decode(bytes);
                FinishedAt = _decoder?.FinishedAt;

                // A server that says it is done without a word on usage may still say it.
                isEnd = _reader.HasEnded && _reader.Usage is not null;
            }
        }

        if (isEnd)
        {
            End(UsageOutcome.Completed);
        }

        publishing = isEnd ? _publishing : Task.CompletedTask;
        return isEnd ? beforeEnd : bytes.Length;
    }

    /// <summary>Takes note that the body has ended as it should.</summary>
    /// <returns>What to wait for before the caller is told.</returns>
    public Task CompleteAsync()
    {
        End(UsageOutcome.Completed, bodyIsComplete: true);
        return _publishing;
    }

    /// <summary>Takes note that the caller is done with the response, whether or not it saw the end.</summary>
#pragma warning disable CA1816 // End does it, for every way to end.
    public void Dispose()
#pragma warning restore CA1816
    {
        End(OutcomeOfLeaving());
        context.Unattended.Attend(_publishing, context.Publisher.Timeout);
    }

    /// <summary>Leaves a body that the caller disposes of to the background, where its tail may still bring the usage.</summary>
    /// <param name="body">The body's stream, or its content.</param>
    /// <returns>False when there is nothing to wait for, so that the body is to be disposed of at once.</returns>
    public bool TryDrain(IDisposable body)
    {
        TailDrain? drain;
        lock (_lock)
        {
            drain = _drain ??= TryBeginDrain(OutcomeOfLeaving());
        }

        return drain?.TryInherit(body) ?? false;
    }

    /// <summary>Looks at bytes that are read after the caller has left.</summary>
    /// <param name="bytes">The bytes; none at the end of the body.</param>
    /// <param name="outcome">How the caller left.</param>
    /// <returns>Whether nothing more is to be read.</returns>
    public bool ObserveTail(ReadOnlySpan<byte> bytes, UsageOutcome outcome)
    {
        bool isEnd;
        lock (_lock)
        {
            if (!_ended)
            {
                Decode(bytes);
            }

            isEnd = _ended || bytes.IsEmpty || _reader.Error is not null || (_reader.Usage is not null && (_reader.UsageIsFinal || _reader.HasEnded));
        }

        if (isEnd)
        {
            End(outcome, bodyIsComplete: bytes.IsEmpty);
        }

        return isEnd;
    }

    /// <summary>Ends the exchange when its tail has been read, or given up.</summary>
    /// <returns>What to wait for before the application may shut down.</returns>
    public Task EndUnattended(UsageOutcome outcome)
    {
        End(outcome);
        return _publishing;
    }

    /// <summary>Takes note that the request or the response failed.</summary>
    /// <param name="exception">The exception that the caller is about to see.</param>
    /// <param name="cancellationToken">The caller's token, to tell a change of mind from a fault.</param>
    public void Fail(Exception exception, CancellationToken cancellationToken)
    {
        // Nothing was sent where no connection came about, so nothing can have been generated.
        _wasNeverSent = exception is HttpRequestException
        {
            HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
        };
        bool isCanceled = exception is OperationCanceledException && cancellationToken.IsCancellationRequested;
        lock (_lock)
        {
            // The body may still be whole: whoever cancels between two reads has not touched the connection.
            _drain ??= isCanceled ? TryBeginDrain(UsageOutcome.Canceled) : null;
        }

        if (!isCanceled || _drain is null)
        {
            End(isCanceled ? UsageOutcome.Canceled : UsageOutcome.Faulted);

            // A request that fails has no response to be disposed of, where the publishing would be seen to.
            context.Unattended.Attend(_publishing, context.Publisher.Timeout);
        }
    }

    private void Begin(HttpResponseHeaders headers, HttpContentHeaders contentHeaders)
    {
        _provider = ProviderNames.Answered(_provider, headers);
        _reader.ReadHeaders(headers);
        _decoder = new BodyDecoder(_reader, contentHeaders);
    }

    /// <summary>Finds out whose response this is, if that is open. What has come of it so far is decoded then.</summary>
    private bool IsRecognized(ReadOnlySpan<byte> bytes)
    {
        if (_recognition is not { } recognition)
        {
            return true;
        }

        try
        {
            if (recognition.IsOpen && recognition.Append(bytes) is { } call)
            {
                _exchange = _exchange with { Protocol = call.Protocol, Endpoint = call.Endpoint };
                _provider = call.Endpoint.Provider;
                _reader = call.Reader;
                Begin(recognition.Headers, recognition.ContentHeaders);
                Decode(recognition.Seen);
                _recognition = null;
            }
        }
#pragma warning disable CA1031 // Whatever goes wrong in here, the caller reads on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.DecodingFailed(context.Logger, exception, _exchange.ServerAddress);
            recognition.Dispose();
        }

        if (_recognition is null || !recognition.IsOpen)
        {
            recognition.Dispose();
        }

        return _recognition is null;
    }

    private UsageOutcome OutcomeOfLeaving() => (_reader.HasEnded, ReadToken.IsCancellationRequested) switch
    {
        (true, _) => UsageOutcome.Completed,
        (_, true) => UsageOutcome.Canceled,
        _ => UsageOutcome.Abandoned,
    };

    /// <summary>Begins a drain where the last word on usage may still come, and soon: every choice has finished, or the options say so.</summary>
    private TailDrain? TryBeginDrain(UsageOutcome outcome)
    {
        bool isWanted = context.Drain.Timeout > TimeSpan.Zero && !_ended && _isSuccess && _decoder is not null && _reader.Error is null
            && (_reader.Usage is null || !_reader.UsageIsFinal)
            && (_reader.EveryChoiceFinished || context.Drain.Unfinished);
        if (!isWanted)
        {
            return null;
        }

        var drain = new TailDrain(this, outcome, context);
        return context.Unattended.TryRun(drain) ? drain : null;
    }

    private int Decode(ReadOnlySpan<byte> bytes, bool isEndOfBody = false)
    {
        try
        {
            if (isEndOfBody)
            {
                _decoder?.Complete();
            }

            return _decoder is null || isEndOfBody ? bytes.Length : _decoder.Append(bytes);
        }
#pragma warning disable CA1031 // Whatever goes wrong in here, the caller reads on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.DecodingFailed(context.Logger, exception, _provider);
            ((IDocumentHandler)_reader).Flag(UsageAnomalies.DecodingFailed);
            _decoder?.Dispose();
            _decoder = null;
            return bytes.Length;
        }
    }

    private void End(UsageOutcome outcome, bool bodyIsComplete = false)
    {
        lock (_lock)
        {
            if (_ended)
            {
                return;
            }

            _ended = true;
            if (_recognition is null)
            {
                UsageRecord record = CreateRecord(outcome, bodyIsComplete);
                _decoder?.Dispose();
                _reader.Release();
                _drain?.Forgo();
                _exchange.Attribution?.Scope?.Add(record);

                // It does not wait: whoever finds the exchange ended is to find what to wait for as well.
                _publishing = context.Publisher.PublishAsync(record);
            }

            _recognition?.Dispose();
        }

#pragma warning disable CA1816 // What the finalizer is for has been done; nothing here is to be disposed of.
        GC.SuppressFinalize(this);
#pragma warning restore CA1816
    }

    private UsageRecord CreateRecord(UsageOutcome ending, bool bodyIsComplete)
    {
        if (bodyIsComplete)
        {
            Decode([], isEndOfBody: true);
        }

        _reader.Complete();
        UsageOutcome outcome = OutcomeOf(ending);
        UsageStatus status = StatusOf(outcome, bodyIsComplete);
        bool streaming = (_isSuccess ? _decoder?.IsStream : null) ?? _exchange.Streaming;
        return new UsageRecord
        {
            Id = _exchange.Id,
            StartedAt = _exchange.StartedAt,
            Duration = context.TimeProvider.GetElapsedTime(_exchange.StartTimestamp),
            TimeToFirstChunk = streaming && _isSuccess && _firstByteTimestamp != 0
                ? context.TimeProvider.GetElapsedTime(_exchange.StartTimestamp, _firstByteTimestamp)
                : null,
            Provider = _provider,
            Operation = _exchange.Endpoint.Operation,
            Protocol = _exchange.Protocol,
            ServerAddress = _exchange.ServerAddress,
            ServerPort = _exchange.ServerPort,
            Deployment = _exchange.Endpoint.Deployment,
            ApiVersion = _exchange.Endpoint.ApiVersion,
            RequestModel = _exchange.RequestModel ?? _exchange.Endpoint.Model,
            ResponseModel = _reader.ResponseModel,
            ResponseId = _reader.ResponseId,
            RequestId = _requestId,
            StatusCode = _statusCode == 0 ? null : _statusCode,
            Streaming = streaming,
            FinishReasons = _reader.FinishReasons,
            ServiceTier = _reader.ServiceTier,
            Usage = _reader.Usage,
            Iterations = _reader.Iterations,
            CheckedRawUsage = _reader.RawUsage is { } raw ? CompactJson.TryCreate(raw) : null,
            Status = status,
            Outcome = outcome,
            NeedsReview = outcome != UsageOutcome.Rejected && !_wasNeverSent
                && (status != UsageStatus.Exact || _reader.Anomalies.HasFlag(UsageAnomalies.AllZeroUsage)),
            Anomalies = outcome == UsageOutcome.Rejected ? UsageAnomalies.None : _reader.Anomalies,
            Error = _reader.Error,
            UsageRequest = _exchange.UsageRequest,
            CallId = _exchange.Attribution?.Scope?.CallId ?? _exchange.Attribution?.Operation?.Id ?? _exchange.Id,
            Attempt = _exchange.Attribution?.Attempt ?? 1,
            Tags = _exchange.Attribution?.Tags ?? TagSet.Empty,
            TraceId = _exchange.Span?.TraceId.ToHexString(),
            SpanId = _exchange.Span?.SpanId.ToHexString(),
        };
    }

    private UsageOutcome OutcomeOf(UsageOutcome ending)
    {
        if (_statusCode != 0 && !_isSuccess)
        {
            return UsageOutcome.Rejected;
        }

        return _reader.Error is not null ? UsageOutcome.ServerError : ending;
    }

    private UsageStatus StatusOf(UsageOutcome outcome, bool bodyIsComplete)
    {
        if (_reader.Usage is null)
        {
            return UsageStatus.Missing;
        }

        bool isWhole = outcome is not (UsageOutcome.Rejected or UsageOutcome.ServerError)
            && !_reader.UsageIsIncomplete
            && (_reader.HasEnded || (_reader.EveryChoiceFinished && bodyIsComplete));
        return isWhole || _reader.UsageIsFinal ? UsageStatus.Exact : UsageStatus.Partial;
    }
}
