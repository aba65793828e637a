using System.Net.Http.Headers;

using Microsoft.Extensions.Logging;

using UsageCapture.Decoding;
using UsageCapture.Delivery;
using UsageCapture.Diagnostics;
using UsageCapture.Providers;

namespace UsageCapture.Capture;

/// <summary>Watches one exchange from its request to its end, and publishes the one record of it.</summary>
/// <remarks>
/// The end comes once, whoever sees it first: the reader at the protocol's end or the body's, a fault, or the disposal, which may
/// come from another thread in the middle of a read. Nothing here throws at the caller.
/// </remarks>
internal sealed class ExchangeCapture(Exchange exchange, UsagePublisher publisher, TimeProvider timeProvider, ILogger logger) : IDisposable
{
    // The header in which each provider names the request: OpenAI, Azure and most others; Azure; Anthropic; AWS; Mistral; OpenRouter;
    // DeepSeek; Cohere; LiteLLM.
    private static readonly string[] RequestIdHeaders =
    [
        "x-request-id", "apim-request-id", "request-id", "x-amzn-requestid", "mistral-correlation-id", "x-generation-id", "x-ds-trace-id",
        "x-debug-trace-id", "x-litellm-call-id",
    ];

    private readonly Lock _lock = new();
    private Call _call = exchange.Call;
    private BodyDecoder? _decoder;
    private Recognition? _recognition;
    private string? _provider;
    private string? _requestId;
    private int? _statusCode;
    private bool _isSuccess;
    private long? _firstByteTimestamp;
    private bool _wasNeverSent;
    private bool _ended;
    private Task _publishing = Task.CompletedTask;

    /// <summary>Sets the token of the caller's latest read: the disposal after it, or in the middle of it, was a change of mind if it fired.</summary>
    /// <remarks>The SDKs' read time-out cancels a read and disposes of the stream at once; which of the two is seen first is chance.</remarks>
    public CancellationToken ReadToken { private get; set; }

    private UsageReader Reader => _call.Reader!;

    /// <summary>Puts the capture between the response's content and its reader.</summary>
    /// <param name="response">The response.</param>
    /// <param name="recognition">What finds out whose response it is, where the request did not tell; the exchange is none where it finds nothing.</param>
    public HttpResponseMessage Attach(HttpResponseMessage response, Recognition? recognition = null)
    {
        _requestId = RequestIdOf(response.Headers);
        _statusCode = (int)response.StatusCode;
        _isSuccess = response.IsSuccessStatusCode;
        _recognition = recognition;
        if (recognition is null)
        {
            Begin(response.Headers, response.Content.Headers);
        }

        response.Content = new TeeContent(response.Content, this);
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
            _firstByteTimestamp ??= timeProvider.GetTimestamp();
            if (!_ended && IsRecognized(bytes))
            {
                beforeEnd = Decode(bytes);

                // A server that says it is done without a word on usage may still say it.
                isEnd = Reader.HasEnded && Reader.Usage is not null;
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
    public void Dispose() => End((_call.Reader?.HasEnded, ReadToken.IsCancellationRequested) switch
    {
        (true, _) => UsageOutcome.Completed,
        (_, true) => UsageOutcome.Canceled,
        _ => UsageOutcome.Abandoned,
    });

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
        End(exception is OperationCanceledException && cancellationToken.IsCancellationRequested
            ? UsageOutcome.Canceled
            : UsageOutcome.Faulted);
    }

    private static string? RequestIdOf(HttpResponseHeaders headers)
    {
        foreach (string name in RequestIdHeaders)
        {
            if (headers.NonValidated.TryGetValues(name, out HeaderStringValues values))
            {
                return values.ToString();
            }
        }

        return null;
    }

    private void Begin(HttpResponseHeaders headers, HttpContentHeaders contentHeaders)
    {
        _provider = ProviderNames.Answered(_call.Endpoint.Provider, headers);
        Reader.ReadHeaders(headers);
        _decoder = new BodyDecoder(Reader, contentHeaders);
    }

    /// <summary>Finds out whose response this is, if that is open. What has come of it so far is decoded then.</summary>
    private bool IsRecognized(ReadOnlySpan<byte> bytes)
    {
        if (_recognition is not { } recognition)
        {
            return true;
        }

        Call? call = null;
        try
        {
            call = recognition.IsOpen ? recognition.Append(bytes) : null;
            if (call is { } known)
            {
                _call = known;
                Begin(recognition.Headers, recognition.ContentHeaders);
                Decode(recognition.Seen);
                _recognition = null;
            }
        }
#pragma warning disable CA1031 // Whatever goes wrong in here, the caller reads on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.DecodingFailed(logger, exception, exchange.ServerAddress);
            recognition.Dispose();
        }

        if (call is not null || !recognition.IsOpen)
        {
            recognition.Dispose();
        }

        return call is not null;
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
            Log.DecodingFailed(logger, exception, _call.Endpoint.Provider);
            ((IDocumentReader)Reader).Flag(UsageAnomalies.DecodingFailed);
            _decoder?.Dispose();
            _decoder = null;
            return bytes.Length;
        }
    }

    private void End(UsageOutcome outcome, bool bodyIsComplete = false)
    {
        UsageRecord record;
        lock (_lock)
        {
            if (_ended)
            {
                return;
            }

            _ended = true;
            if (_recognition is not null)
            {
                _recognition.Dispose();
                return;
            }

            record = CreateRecord(outcome, bodyIsComplete);
            _decoder?.Dispose();
            Reader.Release();
        }

        _publishing = publisher.PublishAsync(record);
    }

    private UsageRecord CreateRecord(UsageOutcome ending, bool bodyIsComplete)
    {
        if (bodyIsComplete)
        {
            Decode([], isEndOfBody: true);
        }

        Reader.Complete();
        UsageOutcome outcome = OutcomeOf(ending);
        UsageStatus status = StatusOf(outcome);
        bool streaming = (_isSuccess ? _decoder?.IsStream : null) ?? exchange.Request.Streaming;
        return new UsageRecord
        {
            Id = exchange.Id,
            StartedAt = exchange.StartedAt,
            Duration = timeProvider.GetElapsedTime(exchange.StartTimestamp),
            TimeToFirstChunk = streaming && _isSuccess && _firstByteTimestamp is { } firstByte
                ? timeProvider.GetElapsedTime(exchange.StartTimestamp, firstByte)
                : null,
            Provider = _provider ?? _call.Endpoint.Provider,
            Operation = _call.Endpoint.Operation,
            Protocol = _call.Protocol,
            ServerAddress = exchange.ServerAddress,
            ServerPort = exchange.ServerPort,
            Deployment = _call.Endpoint.Deployment,
            ApiVersion = _call.Endpoint.ApiVersion,
            RequestModel = exchange.Request.Model ?? _call.Endpoint.Model,
            ResponseModel = Reader.ResponseModel,
            ResponseId = Reader.ResponseId,
            RequestId = _requestId,
            StatusCode = _statusCode,
            Streaming = streaming,
            FinishReasons = Reader.FinishReasons,
            ServiceTier = Reader.ServiceTier,
            Usage = Reader.Usage,
            Iterations = Reader.Iterations,
            RawUsage = Reader.RawUsage,
            Status = status,
            Outcome = outcome,
            NeedsReview = outcome != UsageOutcome.Rejected && !_wasNeverSent
                && (status != UsageStatus.Exact || Reader.Anomalies.HasFlag(UsageAnomalies.AllZeroUsage)),
            Anomalies = outcome == UsageOutcome.Rejected ? UsageAnomalies.None : Reader.Anomalies,
            Error = Reader.Error,
            UsageRequested = exchange.Request.UsageRequested,
            TraceId = exchange.Span?.TraceId.ToHexString(),
            SpanId = exchange.Span?.SpanId.ToHexString(),
        };
    }

    private UsageOutcome OutcomeOf(UsageOutcome ending)
    {
        if (_statusCode is not null && !_isSuccess)
        {
            return UsageOutcome.Rejected;
        }

        return Reader.Error is not null ? UsageOutcome.ServerError : ending;
    }

    private UsageStatus StatusOf(UsageOutcome outcome)
    {
        if (Reader.Usage is null)
        {
            return UsageStatus.Missing;
        }

        bool isWhole = outcome == UsageOutcome.Completed && !Reader.UsageIsIncomplete
            && (Reader.HasEnded || Reader.EveryChoiceFinished);
        return isWhole || Reader.UsageIsFinal ? UsageStatus.Exact : UsageStatus.Partial;
    }
}
