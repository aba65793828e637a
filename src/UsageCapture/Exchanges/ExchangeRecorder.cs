using System.Net.Http.Headers;

using UsageCapture.Decoding;
using UsageCapture.Recognition;
using UsageCapture.Telemetry;

namespace UsageCapture.Exchanges;

/// <summary>Follows one exchange from its request to its end, and publishes its one record.</summary>
/// <remarks>
/// <para>
/// The handler creates it when the request is sent, calls <see cref="ReceiveResponse"/> or <see cref="Fail"/>, and puts a tee around the
/// response's content. The tee calls <see cref="Observe"/> for each piece, and <see cref="Complete"/>, <see cref="Fail"/>,
/// <see cref="TryDrain"/> or <see cref="Dispose"/> at the end. Whichever call ends the exchange first wins, and the others have no effect.
/// They may come from several threads. None of them throws.
/// </para>
/// <code>
/// event              | Unrecognized             | Reading                      | Draining          | Ended
/// a piece            | detect → Reading         | decode; complete → Ended     | as in Reading     | –
/// end of the body    | detect → Ended           | → Ended                      | → Ended           | –
/// the caller leaves  | detect → Ended           | usage may come → Draining,   | –                 | –
///                    |                          | otherwise → Ended            |                   |
/// the caller cancels | detect → Ended           | as when the caller leaves    | –                 | –
/// a failure          | detect → Ended           | → Ended                      | → Ended           | –
/// a drained piece    |                          |                              | decode; → Ended   | –
/// the drain is over  |                          |                              | → Ended           | –
/// garbage collection | as when the caller leaves                                                   | –
/// </code>
/// <para>The record is published on the way to Ended. Where the response is of no known API until then, there is no record.</para>
/// </remarks>
internal sealed class ExchangeRecorder : IDisposable
{
    private readonly ExchangeContext _context;
    private readonly Lock _lock = new();
    private ExchangeState _state;
    private ExchangeStart _start;
    private UsageReport? _report;
    private UnrecognizedResponse? _unrecognized;
    private BodyDecoder? _decoder;
    private ResponseStart _response;
    private string _provider = "";
    private long _firstByteTimestamp; // Zero: no byte came.
    private TailDrain? _drain;
    private Task _publishing = Task.CompletedTask;

    /// <summary>Follows a call of a known API.</summary>
    /// <param name="start">What is known when the request is sent. It has the API.</param>
    /// <param name="reader">Reads the response.</param>
    /// <param name="context">What all exchanges of the handler share.</param>
    public ExchangeRecorder(ExchangeStart start, UsageReader reader, ExchangeContext context)
    {
        _start = start;
        _context = context;
        _state = ExchangeState.Reading;
        _report = new UsageReport(reader);
        _provider = start.Api!.Endpoint.Provider;
    }

    /// <summary>Follows a response that may be of a known API.</summary>
    /// <param name="start">What was known when the request was sent.</param>
    /// <param name="response">The response.</param>
    /// <param name="unrecognized">Finds out which API it is.</param>
    /// <param name="context">What all exchanges of the handler share.</param>
    public ExchangeRecorder(ExchangeStart start, HttpResponseMessage response, UnrecognizedResponse unrecognized, ExchangeContext context)
    {
        _start = start;
        _context = context;
        _state = ExchangeState.Unrecognized;
        _unrecognized = unrecognized;
        _response = DescribeResponse(response);
    }

#pragma warning disable MA0055 // It frees nothing. It is the only call for a response that was dropped, and its tokens are billed.
    ~ExchangeRecorder() => ThreadPool.UnsafeQueueUserWorkItem(static recorder => recorder.Dispose(), this, preferLocal: false);
#pragma warning restore MA0055

    /// <summary>Sets the token of the caller's latest read. When it has fired, leaving counts as a cancellation.</summary>
    /// <remarks>The read time-out of SDKs cancels a read and disposes of the stream at once. Which of the two comes first is chance.</remarks>
    public CancellationToken ReadToken { private get; set; }

    /// <summary>Gets whether the request asks for usage only because the handler added that.</summary>
    public bool HasAsked => _start.UsageRequest == UsageRequestState.AskedByHandler;

    /// <summary>Gets the model that the request's body names.</summary>
    public string? RequestModel => _start.RequestModel;

    /// <summary>Gets the call that another attempt at the same request would belong to.</summary>
    public CallAttempts Call => _start.Attribution?.Call ?? new CallAttempts(_start.Id, attempts: 1);

    /// <summary>Gets whether events that only the handler asked for are removed from the response.</summary>
    public bool HidesInjectedEvents => _context.HidesInjectedUsage && HasAsked && _response.IsSuccess;

    /// <summary>Notes that the server refuses to be asked for usage, and that the request is sent as the caller made it.</summary>
    public void NoteRefusal() => _start = _start with { UsageRequest = UsageRequestState.RefusedByServer };

    /// <summary>Receives the response to a call of a known API, before its body.</summary>
    public void ReceiveResponse(HttpResponseMessage response)
    {
        _response = DescribeResponse(response);
        BeginDecoding(response.Headers, response.Content.Headers);
    }

    /// <summary>Observes a piece of the body on its way to the caller.</summary>
    public Observation Observe(ReadOnlySpan<byte> bytes)
    {
        DecodedPiece piece;
        bool hasEnded;
        lock (_lock)
        {
            hasEnded = _state == ExchangeState.Ended;
            _firstByteTimestamp = _firstByteTimestamp == 0 ? _context.TimeProvider.GetTimestamp() : _firstByteTimestamp;
            piece = _state switch
            {
                ExchangeState.Unrecognized => Recognize(bytes),
                ExchangeState.Ended => default,
                _ => Decode(bytes),
            };
        }

        if (piece.StopsAt is not { } stopsAt)
        {
            return new Observation(bytes.Length, piece.Events, hasEnded, Task.CompletedTask);
        }

        End(new ExchangeEnding(UsageOutcome.Completed));
        return new Observation(stopsAt, piece.Events, HasEnded: true, _publishing);
    }

    /// <summary>Ends the exchange at the end of the body.</summary>
    public Observation Complete()
    {
        EventEnd[]? events = End(new ExchangeEnding(UsageOutcome.Completed, BodyIsComplete: true));
        return new Observation(BeforeEnd: 0, events, HasEnded: true, _publishing);
    }

    /// <summary>Ends the exchange because the caller is done with the response, whether or not it saw the end.</summary>
#pragma warning disable CA1816 // End suppresses the finalizer, whichever call ends the exchange.
    public void Dispose()
#pragma warning restore CA1816
    {
        End(new ExchangeEnding(GetOutcomeOfLeaving()));
        _context.Background.Track(_publishing, _context.Publisher.Timeout);
    }

    /// <summary>Leaves a body that the caller disposes of to the background, when usage may still come in it.</summary>
    /// <param name="body">The body's stream, or its content.</param>
    /// <returns>False when nothing is to be read, so that the caller disposes of the body itself.</returns>
    public bool TryDrain(IDisposable body)
    {
        lock (_lock)
        {
            BeginDrain(GetOutcomeOfLeaving());
        }

        return _drain?.TryTakeOver(body) ?? false;
    }

    /// <summary>Observes a piece that was read after the caller had left.</summary>
    /// <param name="bytes">The piece; empty at the end of the body.</param>
    /// <param name="outcome">How the caller left.</param>
    /// <returns>Whether nothing more is to be read.</returns>
    public bool ObserveDrained(ReadOnlySpan<byte> bytes, UsageOutcome outcome)
    {
        bool isOver;
        lock (_lock)
        {
            isOver = bytes.IsEmpty || _state == ExchangeState.Ended || Decode(bytes).StopsAt is not null;
        }

        if (isOver)
        {
            End(new ExchangeEnding(outcome, BodyIsComplete: bytes.IsEmpty));
        }

        return isOver;
    }

    /// <summary>Ends the exchange when draining is over, or was aborted.</summary>
    /// <returns>Completes when the inline sinks have the record.</returns>
    public Task EndDrain(UsageOutcome outcome)
    {
        End(new ExchangeEnding(outcome));
        return _publishing;
    }

    /// <summary>Ends the exchange because the request or the response failed.</summary>
    /// <param name="exception">The exception that the caller is about to see.</param>
    /// <param name="cancellationToken">The caller's token. When it has fired, an <see cref="OperationCanceledException"/> is a cancellation.</param>
    public void Fail(Exception exception, CancellationToken cancellationToken)
    {
        bool isCanceled = exception is OperationCanceledException && cancellationToken.IsCancellationRequested;
        bool isDraining = false;
        lock (_lock)
        {
            // A cancellation between two reads leaves the connection intact, so the rest of the body can still be read.
            isDraining = isCanceled && BeginDrain(UsageOutcome.Canceled);
        }

        if (!isDraining)
        {
            End(ExchangeEnding.Failed(exception, isCanceled));

            // A request that fails has no response to dispose of, where the publishing would be tracked.
            _context.Background.Track(_publishing, _context.Publisher.Timeout);
        }
    }

    private static ResponseStart DescribeResponse(HttpResponseMessage response) =>
        new((int)response.StatusCode, ProviderRequestId.Find(response.Headers));

    private void BeginDecoding(HttpResponseHeaders headers, HttpContentHeaders contentHeaders)
    {
        _provider = _start.Api!.GetProviderName(headers);
        try
        {
            _report!.ReadHeaders(headers);
        }
#pragma warning disable CA1031 // Readers may be the user's own code. The caller must not notice that one fails.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            StopDecoding(exception);
            return;
        }

        _decoder = new BodyDecoder(_report, contentHeaders, tracksEvents: HidesInjectedEvents);
    }

    /// <summary>Finds out which API the response is of. When it is known, decodes all that has come of the body.</summary>
    private DecodedPiece Recognize(ReadOnlySpan<byte> bytes)
    {
        if (_unrecognized is not { CanContinue: true } unrecognized || !TryRecognize(unrecognized, bytes, isEnd: false))
        {
            return default;
        }

        DecodedPiece seen = Decode(unrecognized.Seen);
        return seen.StopsAt is null ? Decode(bytes) : new DecodedPiece(StopsAt: 0);
    }

    /// <summary>Looks at an unrecognised response a last time, when it ends.</summary>
    private void RecognizeAtEnd()
    {
        if (_state == ExchangeState.Unrecognized && _unrecognized is { } unrecognized && TryRecognize(unrecognized, [], isEnd: true))
        {
            Decode(unrecognized.Seen);
        }
    }

    private bool TryRecognize(UnrecognizedResponse unrecognized, ReadOnlySpan<byte> bytes, bool isEnd)
    {
        try
        {
            if ((isEnd ? unrecognized.Complete() : unrecognized.Append(bytes)) is not { } api)
            {
                return false;
            }

            _report = new UsageReport(api.CreateReader());
            _start = _start with { Api = api };
            _state = ExchangeState.Reading;
            BeginDecoding(unrecognized.Headers, unrecognized.ContentHeaders);
            return true;
        }
#pragma warning disable CA1031 // Providers may be the user's own code. The caller must not notice that one fails.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.DecodingFailed(_context.Logger, exception, _start.ServerAddress);
            unrecognized.Dispose();
            _unrecognized = null;
            return false;
        }
    }

    private UsageOutcome GetOutcomeOfLeaving() => (_report?.HasEnded, ReadToken.IsCancellationRequested) switch
    {
        (true, _) => UsageOutcome.Completed,
        (_, true) => UsageOutcome.Canceled,
        _ => UsageOutcome.Abandoned,
    };

    /// <summary>Begins to drain the body when usage may still come, and soon: every choice has finished, or the options say so.</summary>
    /// <returns>Whether the exchange is draining.</returns>
    private bool BeginDrain(UsageOutcome outcome)
    {
        bool usageMayCome = _state == ExchangeState.Reading && _context.Drain.Timeout > TimeSpan.Zero && _response.IsSuccess && _decoder is not null
            && _report is { Error: null } report && (report.Usage is null || report.Stage != UsageStage.Final)
            && (report.EveryChoiceFinished || _context.Drain.Unfinished);
        if (usageMayCome)
        {
            var drain = new TailDrain(this, outcome, _context);
            if (_context.Background.TryRun(drain))
            {
                _drain = drain;
                _report!.StopsAtFinalUsage = true;
                _state = ExchangeState.Draining;
            }
        }

        return _state == ExchangeState.Draining;
    }

    private DecodedPiece Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return _decoder?.Append(bytes) ?? default;
        }
#pragma warning disable CA1031 // The caller must not notice that decoding fails.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            StopDecoding(exception);
            return default;
        }
    }

    private EventEnd[]? CompleteDecoding()
    {
        try
        {
            return _decoder?.Complete().Events;
        }
#pragma warning disable CA1031 // The caller must not notice that decoding fails.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            StopDecoding(exception);
            return null;
        }
    }

    private void StopDecoding(Exception exception)
    {
        Log.DecodingFailed(_context.Logger, exception, _provider);
        _report!.AddAnomalies(UsageAnomalies.DecodingFailed);
        _decoder?.Dispose();
        _decoder = null;
    }

    /// <summary>Ends the exchange, if nothing else has, and publishes the record.</summary>
    /// <returns>The ends of events that the end of the body has completed.</returns>
    private EventEnd[]? End(ExchangeEnding ending)
    {
        EventEnd[]? events = null;
        lock (_lock)
        {
            if (_state == ExchangeState.Ended)
            {
                return events;
            }

            RecognizeAtEnd();
            bool isRecognized = _state != ExchangeState.Unrecognized;
            _state = ExchangeState.Ended;
            if (isRecognized)
            {
                events = ending.BodyIsComplete ? CompleteDecoding() : events;
                Publish(ending);
            }

            _unrecognized?.Dispose();
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
            _provider,
            _response,
            report,
            ExchangeVerdict.Decide(report, ending, _response.IsRejected),
            _decoder?.IsStream,
            _firstByteTimestamp,
            _context.TimeProvider);
        _decoder?.Dispose();
        report.Release();
        _drain?.Skip();
        _start.Attribution?.Scope?.Add(record);

        // PublishAsync does not wait, so the lock is held shortly. Under it, a call that finds the exchange ended finds the task as well.
        _publishing = _context.Publisher.PublishAsync(record);
    }
}
