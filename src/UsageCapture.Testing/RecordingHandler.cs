using System.Collections.Concurrent;

using UsageCapture.Testing.Files;
using UsageCapture.Testing.Replay;
using UsageCapture.Testing.Scrubbing;
using UsageCapture.Testing.Traffic;

namespace UsageCapture.Testing;

/// <summary>Records real traffic once and replays it afterwards.</summary>
/// <remarks>
/// <para>
/// A recording is named for its request: method, path, model and a hash of the body, and a number where the same request comes again, as in
/// a retry. Delete the files to record anew. A response is written when it has been read or disposed of: what the caller did not read is
/// not in it. It is scrubbed first, so that no key, account or organization gets into the files; look at them before you commit them.
/// </para>
/// <para>
/// Where the environment variable <c>CI</c> is <c>true</c>, nothing is ever sent. Replays do not wait for recorded delays. Make one
/// handler for each test, for it counts repetitions; it is thread-safe.
/// </para>
/// </remarks>
/// <param name="folder">
/// Where recordings are kept. It is made when the first is written. From the output folder, in which tests run, <c>../../../Recordings</c>
/// is the project's own.
/// </param>
/// <param name="options">What can be chosen; null for the defaults.</param>
public sealed class RecordingHandler(string folder, RecordingHandlerOptions? options = null) : DelegatingHandler
{
    private readonly RecordingHandlerOptions _options = options ?? new RecordingHandlerOptions();
    private readonly ConcurrentDictionary<string, int> _repetitions = new(StringComparer.Ordinal);

    /// <summary>Gets what is done with requests, the environment considered.</summary>
    public RecordingMode Mode =>
        string.Equals(_options.Environment("CI"), "true", StringComparison.OrdinalIgnoreCase) ? RecordingMode.Replay : _options.Mode;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        byte[] body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        var exchange = new ScrubbedRequest(request, body, _options);
        if (FindReplay(exchange, request, out string name) is { } replay)
        {
            return replay;
        }

        HttpResponseMessage response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return Watch(response, exchange, name);
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var body = new MemoryStream();
        if (request.Content is not null)
        {
            request.Content.LoadIntoBufferAsync(cancellationToken).GetAwaiter().GetResult();
            request.Content.CopyTo(body, context: null, cancellationToken);
        }

        var exchange = new ScrubbedRequest(request, body.ToArray(), _options);
        return FindReplay(exchange, request, out string name) ?? Watch(base.Send(request, cancellationToken), exchange, name);
    }

    private HttpResponseMessage? FindReplay(ScrubbedRequest exchange, HttpRequestMessage request, out string name)
    {
        string key = RecordingName.Of(exchange.Facts, exchange.Body);
        int repetition = _repetitions.AddOrUpdate(key, 1, (_, count) => count + 1);
        name = repetition == 1 ? key : $"{key}-{repetition}";
        string path = Path.Combine(folder, name + ".json");
        RecordingMode mode = Mode;
        if (mode != RecordingMode.Record && File.Exists(path))
        {
            HttpResponseMessage response = Recording.Load(path).CreateResponse();
            response.RequestMessage = request;
            return response;
        }

        return mode == RecordingMode.Replay
            ? throw new UnmatchedRequestException(
                $"No recording answers {exchange.Facts}. Looked for '{Path.GetFullPath(path)}', whose name ends with a hash of the request's scrubbed body"
                + $"{(repetition == 1 ? "" : $" and with {repetition}, for the request came {repetition} times")}. "
                + "To record it, run the test once with the Mode ReplayOrRecord, without CI=true in the environment and with a key, and commit both files.")
            : null;
    }

    private HttpResponseMessage Watch(HttpResponseMessage response, ScrubbedRequest exchange, string name)
    {
        var log = new ReadLog(_options.TimeProvider);

        // Noted before anybody reads: the SDKs take the content out of the response, and its headers are gone with it.
        int status = (int)response.StatusCode;
        KeyValuePair<string, string>[] headers = ScrubbedRequest.HeadersOf(response);
        response.Content = new WatchedContent(response.Content, log, () =>
        {
            Recording recording = exchange.Record(name, status, headers, log);
            (_options.Scrub?.Invoke(recording) ?? recording).Save(folder);
        });
        return response;
    }
}
