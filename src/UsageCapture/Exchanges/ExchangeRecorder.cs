using System.Net.Http.Headers;

using UsageCapture.Decoding;
using UsageCapture.Recognition;
using UsageCapture.Telemetry;

namespace UsageCapture.Exchanges;

/// <summary>Records one exchange (a request and its response): decodes the response, decides when it has ended, and publishes one record.</summary>
/// <remarks>
/// <para>
/// The handler creates it when it sends the request, calls <see cref="ReceiveResponse"/> or <see cref="Fail"/>, and wraps the response's
/// content in a tee, which shows each piece of the body to the recorder while the caller reads. The tee calls <see cref="Observe"/> for
/// each piece, and at the end <see cref="Complete"/>, <see cref="Fail"/>, <see cref="TryDrain"/> or <see cref="Dispose"/>. Usage may still
/// follow after a response has said that it is complete, for example after <c>[DONE]</c>. The tee waits for it for a short time, and then
/// calls <see cref="EndWithoutUsage"/>. The first call that ends the exchange decides how it ended; later calls have no effect.
/// </para>
/// <para>
/// To drain a response means to read the rest of it in the background after its caller has left it. A <see cref="TailDrain"/> calls
/// <see cref="ObserveDrained"/> for each piece, and <see cref="EndDrain"/>. No method throws. Thread-safe after
/// <see cref="ReceiveResponse"/>. Before it, only the handler uses the recorder.
/// </para>
/// <code>
/// event (method)                       | Unrecognized     | Reading                      | Draining                 | Ended
/// a piece (Observe)                    | detect → Reading | decode; complete → Ended     | decode; complete → Ended | –
/// no usage in time (EndWithoutUsage)   |                  | → Ended                      | → Ended                  | –
/// end of the body (Complete)           | detect → Ended   | → Ended                      | → Ended                  | –
/// the caller leaves (TryDrain)         | –                | usage expected → Draining    | –                        | –
///                                      |                  | rejected, and its error is   |                          |
///                                      |                  | not read → Draining          |                          |
/// there is no drain (Dispose)          | detect → Ended   | → Ended                      | → Ended                  | –
/// the caller cancels (Fail)            | detect → Ended   | usage expected → Draining,   | –                        | –
///                                      |                  | otherwise → Ended            |                          |
/// a failure (Fail)                     | detect → Ended   | → Ended                      | → Ended                  | –
/// a drained piece (ObserveDrained)     |                  |                              | decode; complete → Ended | –
/// the drain is over (EndDrain)         |                  |                              | → Ended                  | –
/// garbage collection (the finalizer)   | as Dispose       | as Dispose                   | as Dispose               | –
/// </code>
/// <para>
/// "–" means no effect; an empty cell cannot occur. The record is published in the transition to Ended. From Unrecognized to Ended, there is
/// a record only when the API is detected. After <see cref="TryDrain"/> has returned false, the tee calls <see cref="Dispose"/>.
/// </para>
/// </remarks>
internal sealed class ExchangeRecorder : IDisposable
{
    private readonly ExchangeContext _context;
    private readonly Lock _lock = new();
    private ExchangeState _state;
    private ExchangeStart _start;
    private UsageReport? _report; // Null while the API is unknown.
    private ResponseApiDetection? _apiDetection; // Null when the address told the API, or detection has failed.
    private BodyDecoder? _decoder; // Null before the response, while the API is unknown, and after decoding has failed.
    private ResponseStart _response;
    private string _providerName = ""; // The name of the provider; empty while the API is unknown.
    private long _firstByteTimestamp; // Zero when the caller has read no byte.
    private TailDrain? _drain; // Null when no drain has begun.
    private Task _publishing = Task.CompletedTask; // Completed before there is a record.

    /// <summary>Begins to record a call of a known API, before the request is sent.</summary>
    /// <param name="start">What is known before the request is sent. Its API is not null.</param>
    /// <param name="reader">Reads the response.</param>
    /// <param name="context">What all exchanges of the handler share.</param>
    public ExchangeRecorder(ExchangeStart start, UsageReader reader, ExchangeContext context)
    {
        _start = start;
        _context = context;
        _state = ExchangeState.Reading;
        _providerName = start.Api!.Endpoint.Provider;
        _report = new UsageReport(reader) { Provider = _providerName };
        context.Publisher.PrepareSinks();
    }

    /// <summary>Begins to record a response whose API is unknown, because no provider recognized the address of the request.</summary>
    /// <param name="start">What was known before the request was sent. Its API is null.</param>
    /// <param name="response">The response.</param>
    /// <param name="apiDetection">Detects the API from the body.</param>
    /// <param name="context">What all exchanges of the handler share.</param>
    public ExchangeRecorder(ExchangeStart start, HttpResponseMessage response, ResponseApiDetection apiDetection, ExchangeContext context)
    {
        _start = start;
        _context = context;
        _state = ExchangeState.Unrecognized;
        _apiDetection = apiDetection;
        _response = DescribeResponse(response);
        context.Publisher.PrepareSinks();
    }

    // Publishes the record of a response that the caller never disposed, because its tokens are billed too.
#pragma warning disable MA0055 // The finalizer does not release resources. It is the only call for such a response.
    ~ExchangeRecorder() => ThreadPool.UnsafeQueueUserWorkItem(static recorder => recorder.Dispose(), this, preferLocal: false);
#pragma warning restore MA0055

    /// <summary>Sets the cancellation token of the caller's latest read. When it is canceled, disposing the response is a cancellation too.</summary>
    /// <remarks>A read timeout of an SDK cancels the read and disposes the stream at the same time, so either call may come first.</remarks>
    public CancellationToken LatestReadToken { private get; set; }

    /// <summary>Gets whether the exchange has ended. It has before the first sink gets the record.</summary>
    /// <remarks>Read without the lock. Where it is read, true only gives the copy of a response a little more time.</remarks>
    public bool HasEnded => _state == ExchangeState.Ended;

    /// <summary>Gets whether the handler, and not the caller, added the option that asks the server for usage.</summary>
    public bool HandlerAskedForUsage => _start.UsageRequest == UsageRequestState.AskedByHandler;

    /// <summary>Gets the model in the request's body; null when it names none.</summary>
    public string? RequestModel => _start.RequestModel;

    /// <summary>Gets the call of this exchange, or creates one with this exchange as its first attempt.</summary>
    /// <remarks>The handler calls it once, to mark the request for later attempts.</remarks>
    public CallAttempts GetOrCreateCall() => _start.Attribution?.Call ?? new CallAttempts(_start.Id, attemptCount: 1);

    /// <summary>Gets the clock.</summary>
    public TimeProvider TimeProvider => _context.TimeProvider;

    /// <summary>Gets the longest time that publishing the record takes.</summary>
    public TimeSpan PublishTimeout => _context.Publisher.Timeout;

    /// <summary>Gets whether the usage event is removed from the response, because only the handler asked for it.</summary>
    public bool HidesInjectedUsage => _context.HidesInjectedUsage && HandlerAskedForUsage && _response.IsSuccess;

    /// <summary>Records that the server rejected the option that the handler added. The caller's own request is sent next.</summary>
    public void RecordRefusedUsageOption() => _start = _start with { UsageRequest = UsageRequestState.RefusedByServer };

    /// <summary>Reads the headers of the response to a call of a known API, and prepares to decode its body.</summary>
    public void ReceiveResponse(HttpResponseMessage response)
    {
        _response = DescribeResponse(response);
        BeginDecoding(response.Headers, response.Content.Headers);
    }

    /// <summary>Decodes a piece of the body, before the caller receives it.</summary>
    /// <param name="bytes">The bytes of one read; not empty.</param>
    public ReleaseDecision Observe(ReadOnlySpan<byte> bytes)
    {
        DecodedPiece piece;
        bool hasEnded;
        lock (_lock)
        {
            hasEnded = _state == ExchangeState.Ended;
            if (_firstByteTimestamp == 0)
            {
                _firstByteTimestamp = _context.TimeProvider.GetTimestamp();
            }

            piece = _state switch
            {
                ExchangeState.Unrecognized => DetectAndDecode(bytes),
                ExchangeState.Ended => default,
                _ => Decode(bytes), // Reading, or Draining while the caller continues to read.
            };
        }

        switch (piece.Progress)
        {
            case ResponseProgress.InProgress:
                return new ReleaseDecision(bytes.Length, piece.Events, hasEnded, Task.CompletedTask);
            case ResponseProgress.EndedWithoutUsage:
                return new ReleaseDecision(piece.EndOffset, piece.Events, HasEnded: false, Task.CompletedTask, AwaitsUsage: true);
            case ResponseProgress.Complete:
            default:
                End(new ExchangeEnding(UsageOutcome.Completed));

                // When the sinks have the record already, the caller gets all bytes at once.
                int releasableLength = _publishing.IsCompleted ? bytes.Length : piece.EndOffset;
                return new ReleaseDecision(releasableLength, piece.Events, HasEnded: true, _publishing);
        }
    }

    /// <summary>Ends the exchange because the response has said that it is complete, and no usage has followed in time.</summary>
    /// <returns>A task that completes when the sinks have the record.</returns>
    public Task EndWithoutUsage()
    {
        End(new ExchangeEnding(UsageOutcome.Completed));
        return _publishing;
    }

    /// <summary>Ends the exchange at the end of the body.</summary>
    /// <returns>The events that the end of the body completes, and the task of publishing the record.</returns>
    public ReleaseDecision Complete()
    {
        EventEnd[]? events = End(new ExchangeEnding(UsageOutcome.Completed, BodyIsComplete: true));
        return new ReleaseDecision(ReleasableLength: 0, events, HasEnded: true, _publishing);
    }

    /// <summary>Ends the exchange because the caller has disposed the response. It has no effect after the end.</summary>
#pragma warning disable CA1816 // End suppresses the finalizer, whichever call ends the exchange.
    public void Dispose()
#pragma warning restore CA1816
    {
        End(new ExchangeEnding(GetOutcomeOfDisposal()));
    }

    /// <summary>Begins to drain the body that the caller disposes, if usage or the error of a rejected response is still expected in it.</summary>
    /// <param name="body">The body's <see cref="Stream"/>, or its <see cref="HttpContent"/> when no stream was opened.</param>
    /// <returns>True when the drain disposes the body at its end. False when there is no drain, so the caller must dispose the body.</returns>
    public bool TryDrain(IDisposable body)
    {
        TailDrain? errorDrain;
        lock (_lock)
        {
            errorDrain = TryBeginErrorDrain();
            if (errorDrain is null)
            {
                TryBeginDrain(GetOutcomeOfDisposal());
            }
        }

        return errorDrain is null ? _drain?.TryTakeOver(body) ?? false : TryStartErrorDrain(errorDrain, body);
    }

    /// <summary>Decodes a piece of the body that a drain has read.</summary>
    /// <param name="bytes">The bytes of one read; empty at the end of the body.</param>
    /// <param name="outcome">How the caller left the response. It is the outcome of the exchange.</param>
    /// <returns>Whether the exchange has ended, so that the drain must stop. Always true at the end of the body.</returns>
    public bool ObserveDrained(ReadOnlySpan<byte> bytes, UsageOutcome outcome)
    {
        bool exchangeIsOver;
        lock (_lock)
        {
            exchangeIsOver = bytes.IsEmpty || _state == ExchangeState.Ended || Decode(bytes).Progress == ResponseProgress.Complete
                || (_response.IsRejected && _report!.Error is not null);
        }

        if (exchangeIsOver)
        {
            End(new ExchangeEnding(outcome, BodyIsComplete: bytes.IsEmpty));
        }

        return exchangeIsOver;
    }

    /// <summary>Ends the exchange when the drain has ended, was aborted or has failed.</summary>
    /// <param name="outcome">How the caller left the response.</param>
    /// <returns>A task that completes when the sinks have the record.</returns>
    public Task EndDrain(UsageOutcome outcome)
    {
        End(new ExchangeEnding(outcome));
        return _publishing;
    }

    /// <summary>Ends the exchange because the request or the response failed.</summary>
    /// <param name="exception">The exception that the caller receives next.</param>
    /// <param name="cancellationToken">The caller's token. An <see cref="OperationCanceledException"/> counts as a cancellation only when it is canceled.</param>
    /// <param name="requestWasSent">Whether a part of the request is known to be sent. False when it is not known.</param>
    public void Fail(Exception exception, CancellationToken cancellationToken, bool requestWasSent = true)
    {
        bool isCanceled = exception is OperationCanceledException && (cancellationToken.IsCancellationRequested || CallerHasCanceled);
        bool isDraining;
        lock (_lock)
        {
            // A cancellation between two reads leaves the connection intact, so the rest of the body can still be read.
            isDraining = isCanceled && TryBeginDrain(UsageOutcome.Canceled);
        }

        if (!isDraining)
        {
            End(ExchangeEnding.Failed(exception, isCanceled, requestWasSent));
        }
    }

    // An SDK may pass its own token to reads, and may see a cancellation between two reads.
    private bool CallerHasCanceled => _start.Attribution is { CallerToken.IsCancellationRequested: true };

    private static ResponseStart DescribeResponse(HttpResponseMessage response) =>
        new((int)response.StatusCode, ProviderRequestId.Find(response.Headers))
        {
            IsGatewayCacheHit = GatewayHeaders.IsCacheHit(response.Headers),
            ReportedCost = GatewayHeaders.GetCost(response.Headers),
        };

    private void BeginDecoding(HttpResponseHeaders headers, HttpContentHeaders contentHeaders)
    {
        _providerName = _start.Api!.GetProviderName(headers);
        try
        {
            // Null means that the request was not read, so the caller may have asked, or that the API reports usage without being asked.
            bool mayReportUsage = _start.UsageRequest is null or UsageRequestState.AskedByCaller or UsageRequestState.AskedByHandler;
            _report!.AwaitsUsageAfterEnd = _response.IsSuccess && mayReportUsage;
            _report.ReadHeaders(headers);
            _decoder = new BodyDecoder(_report, contentHeaders, tracksEvents: HidesInjectedUsage);
        }
#pragma warning disable CA1031 // Readers may be the user's own code. Their failures must not reach the caller.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            StopDecoding(exception);
        }
    }

    /// <summary>Tries to detect the API of the response. Once it is known, decodes the body from its start.</summary>
    private DecodedPiece DetectAndDecode(ReadOnlySpan<byte> bytes)
    {
        // Detection has given up on a body that is too long, or has failed.
        if (_apiDetection is not { CanContinue: true } detection || !TryDetectApi(detection, bytes, isEnd: false))
        {
            return default;
        }

        // A response that was complete before this piece ends at the start of the piece.
        DecodedPiece earlier = Decode(detection.EarlierBytes);
        return earlier.Progress == ResponseProgress.Complete ? earlier with { EndOffset = 0 } : Decode(bytes);
    }

    /// <summary>Tries for the last time to detect the API of the response, at its end.</summary>
    private void DetectApiAtEnd()
    {
        if (_state == ExchangeState.Unrecognized && _apiDetection is { } detection && TryDetectApi(detection, [], isEnd: true))
        {
            Decode(detection.EarlierBytes);
        }
    }

    private bool TryDetectApi(ResponseApiDetection detection, ReadOnlySpan<byte> bytes, bool isEnd)
    {
        try
        {
            if ((isEnd ? detection.Complete() : detection.Append(bytes)) is not { } api)
            {
                return false;
            }

            _report = new UsageReport(api.CreateReader()) { Provider = api.Endpoint.Provider };
            _start = _start with { Api = api };
            _state = ExchangeState.Reading;
            BeginDecoding(detection.Headers, detection.ContentHeaders);
            return true;
        }
#pragma warning disable CA1031 // Providers may be the user's own code. Their failures must not reach the caller.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.DecodingFailed(_context.Logger, exception, SafeText.Clean(_start.ServerAddress));
            detection.Dispose();
            _apiDetection = null;
            return false;
        }
    }

    // A caller that disposes after the protocol's end has read the whole response.
    private UsageOutcome GetOutcomeOfDisposal()
    {
        if (_report is { HasEnded: true })
        {
            return UsageOutcome.Completed;
        }

        return LatestReadToken.IsCancellationRequested || CallerHasCanceled ? UsageOutcome.Canceled : UsageOutcome.Abandoned;
    }

    /// <summary>Begins to drain the body if usage is still expected: every choice has finished, or the options include unfinished ones.</summary>
    /// <remarks>The caller of this method holds the lock.</remarks>
    /// <returns>Whether the exchange is draining now, also when it was before.</returns>
    private bool TryBeginDrain(UsageOutcome outcome)
    {
        bool canDrain = _state == ExchangeState.Reading && _context.DrainLimits.Timeout > TimeSpan.Zero && _response.IsSuccess && _decoder is not null;
        bool usageIsExpected = _report is { Error: null } report && (!report.HasUsage || report.Stage != UsageStage.Final)
            && (report.EveryChoiceFinished || _context.DrainLimits.IncludeUnfinished);
        if (canDrain && usageIsExpected)
        {
            var drain = new TailDrain(this, outcome, _context.DrainLimits, readsError: false, _context.TimeProvider);
            if (!_context.BackgroundWork.TryStartDrain(drain, _context))
            {
                _report!.AddAnomalies(UsageAnomalies.NotDrained);
            }
            else
            {
                _drain = drain;
                _report!.StopsAtFinalUsage = true; // The caller does not need the rest.
                _state = ExchangeState.Draining;
            }
        }

        return _state == ExchangeState.Draining;
    }

    /// <summary>
    /// Begins to read the error of a rejected response that the caller disposes. Retry handlers drop such a response without reading it. The
    /// caller of this method holds the lock.
    /// </summary>
    /// <returns>The drain, which is not started yet; null when there is no error to read.</returns>
    private TailDrain? TryBeginErrorDrain()
    {
        bool errorIsExpected = _state == ExchangeState.Reading && _response.IsRejected && _report!.Error is null
            && _decoder is not null && _context.DrainLimits.Timeout > TimeSpan.Zero;
        if (!errorIsExpected)
        {
            return null;
        }

        _drain = new TailDrain(this, UsageOutcome.Rejected, _context.DrainLimits.ForErrors, readsError: true, _context.TimeProvider);
        _state = ExchangeState.Draining;
        return _drain;
    }

    /// <summary>Starts the drain of an error. The caller does not hold the lock, because the drain begins to read on this thread.</summary>
    /// <returns>False when it was not started, so that the body must be disposed.</returns>
    private bool TryStartErrorDrain(TailDrain errorDrain, IDisposable body)
    {
        errorDrain.TryTakeOver(body);
        if (_context.BackgroundWork.TryStartDrain(errorDrain, _context))
        {
            return true;
        }

        _drain = null; // It would take over the content, too, and never dispose it.
        return false;
    }

    private DecodedPiece Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            DecodedPiece piece = _decoder?.Append(bytes) ?? default;

            // In a compressed piece, the position of the end is unknown, so all bytes of the piece wait for the sinks.
            return piece.Progress != ResponseProgress.InProgress && _decoder!.IsCompressed ? piece with { EndOffset = 0 } : piece;
        }
#pragma warning disable CA1031 // A failure of decoding must not reach the caller.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            StopDecoding(exception);
            return default;
        }
    }

    /// <summary>Decodes what the end of the body completes.</summary>
    /// <returns>The ends of the events that are complete only now; null when there are none.</returns>
    private EventEnd[]? CompleteDecoding()
    {
        try
        {
            return _decoder?.Complete().Events;
        }
#pragma warning disable CA1031 // A failure of decoding must not reach the caller.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            StopDecoding(exception);
            return null;
        }
    }

    /// <summary>Gives up decoding after an exception. The exchange continues, and its record has an anomaly.</summary>
    private void StopDecoding(Exception exception)
    {
        Log.DecodingFailed(_context.Logger, exception, SafeText.Clean(_providerName));
        _report!.AddAnomalies(UsageAnomalies.DecodingFailed);
        _decoder?.Dispose();
        _decoder = null;
    }

    /// <summary>Ends the exchange and publishes the record, unless the exchange has already ended.</summary>
    /// <returns>The ends of the events that are complete only at the end of the body; null when there are none.</returns>
    private EventEnd[]? End(ExchangeEnding ending)
    {
        EventEnd[]? events = null;
        lock (_lock)
        {
            if (_state == ExchangeState.Ended)
            {
                return null;
            }

            DetectApiAtEnd();
            bool isRecognized = _state != ExchangeState.Unrecognized;
            _state = ExchangeState.Ended;
            if (isRecognized)
            {
                events = ending.BodyIsComplete ? CompleteDecoding() : null;
                Publish(ending);
            }

            _apiDetection?.Dispose();
        }

#pragma warning disable CA1816 // The finalizer has nothing more to do.
        GC.SuppressFinalize(this);
#pragma warning restore CA1816
        return events;
    }

    private void Publish(ExchangeEnding ending)
    {
        UsageReport report = _report!;
        UsageRecord record = UsageRecordFactory.Create(
            _start,
            _start.Api!,
            _providerName,
            _response,
            report,
            ExchangeVerdict.Decide(report, ending, _response),
            _decoder?.IsStream,
            _firstByteTimestamp,
            _context.TimeProvider);
        _decoder?.Dispose();
        report.Release();
        _drain?.CancelIfWaitingForBody(); // The caller may have read to the end after a cancellation. There is nothing left to drain then.
        _start.Attribution?.Scope?.Add(record);

        // The lock is held, so that a call that finds the state Ended also finds this task. PublishAsync returns without waiting for sinks.
        _publishing = _context.Publisher.PublishAsync(record);
        _context.BackgroundWork.Track(_publishing, _context.Publisher.Timeout);
    }
}
