using System.Collections.Concurrent;

using UsageCapture.Testing.Files;
using UsageCapture.Testing.Matching;
using UsageCapture.Testing.Observation;
using UsageCapture.Testing.Scrubbing;

namespace UsageCapture.Testing;

/// <summary>Records real responses once, and replays them in later runs.</summary>
/// <remarks>
/// <para>
/// Use it as the handler in front of the network:
/// <c>new HttpClient(new RecordingHandler("../../../Recordings") { InnerHandler = new SocketsHttpHandler() })</c>.
/// </para>
/// <para>
/// The name of a recording is made of the path, the model and a hash of the scrubbed request. The second request with the same name gets the
/// suffix <c>-2</c>, and so on, so that retries have their own recordings. A request that fails without a response is counted, too, but not
/// recorded. Delete the files to record again. Replays do not wait for recorded delays.
/// </para>
/// <para>
/// A response is written once: when its end is read, when a read fails, or when it is disposed. Bytes that the caller does not read are missing.
/// If the files cannot be written, this read or disposal throws, so that the test does not seem to be recorded.
/// Keys, accounts and organizations are overwritten first, see <see cref="RecordingHandlerOptions"/>. Review the files before you commit them.
/// </para>
/// <para>
/// If the environment variable <c>CI</c> is <c>true</c>, no request is sent. Create one handler for each test, because it counts repeated
/// requests. Thread-safe.
/// </para>
/// </remarks>
/// <param name="folder">
/// The folder of the recordings. It is created with the first recording. Tests run in the output folder, so <c>../../../Recordings</c> is a
/// folder of the project.
/// </param>
/// <param name="options">The options; null for the defaults.</param>
public sealed class RecordingHandler(string folder, RecordingHandlerOptions? options = null) : DelegatingHandler
{
    private readonly string _folder = folder ?? throw new ArgumentNullException(nameof(folder));
    private readonly RecordingHandlerOptions _options = options ?? new RecordingHandlerOptions();
    private readonly ConcurrentDictionary<string, int> _requestCounts = new(StringComparer.Ordinal);

    /// <summary>Gets the mode that applies: <see cref="RecordingMode.Replay"/> if <c>CI</c> is <c>true</c>, otherwise that of the options.</summary>
    public RecordingMode Mode =>
        string.Equals(_options.ReadEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase)
            ? RecordingMode.Replay
            : _options.Mode;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);

        // This buffers the content, which is read again when it is sent.
        byte[] body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        var scrubbed = new ScrubbedRequest(request, body, _options);
        string name = GetNextName(scrubbed);
        return TryReplay(request, scrubbed.Description, name)
            ?? RecordWhenRead(await base.SendAsync(request, cancellationToken).ConfigureAwait(false), scrubbed, name);
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var body = new MemoryStream();
        if (request.Content is not null)
        {
            // The content is read again when it is sent, and CopyTo does not buffer it. There is no synchronous method that does.
            request.Content.LoadIntoBufferAsync(cancellationToken).GetAwaiter().GetResult();
            request.Content.CopyTo(body, context: null, cancellationToken);
        }

        var scrubbed = new ScrubbedRequest(request, body.ToArray(), _options);
        string name = GetNextName(scrubbed);
        return TryReplay(request, scrubbed.Description, name) ?? RecordWhenRead(base.Send(request, cancellationToken), scrubbed, name);
    }

    /// <summary>Counts the request, and returns the name of its recording: with a number from the second equal request on.</summary>
    private string GetNextName(ScrubbedRequest request)
    {
        string name = RecordingName.ForRequest(request.Description, request.Body);
        int count = _requestCounts.AddOrUpdate(name, 1, (_, previous) => previous + 1);
        return count == 1 ? name : $"{name}-{count}";
    }

    /// <summary>Returns the replayed response; null if the request must be sent.</summary>
    /// <exception cref="UnmatchedRequestException">There is no recording, and the mode does not allow sending.</exception>
    private HttpResponseMessage? TryReplay(HttpRequestMessage request, RequestDescription description, string name)
    {
        RecordingMode mode = Mode;
        string path = Path.Combine(_folder, name + ".json");
        if (mode != RecordingMode.Record && File.Exists(path))
        {
            HttpResponseMessage response = RecordingFiles.Load(path).CreateResponse();
            response.RequestMessage = request;
            return response;
        }

        return mode == RecordingMode.Replay
            ? throw new UnmatchedRequestException(
                $"No recording answers {description}. The file '{Path.GetFullPath(path)}' does not exist. "
                + "Its name ends with a hash of the scrubbed request, and with -2, -3 and so on for repeated requests. "
                + "To record it, run the test once with the Mode ReplayOrRecord, without CI=true in the environment and with a valid API key, "
                + "and commit the .json file and the body file beside it.")
            : null;
    }

    /// <summary>Replaces the content of a response by one that saves the recording when the caller has read the body.</summary>
    private HttpResponseMessage RecordWhenRead(HttpResponseMessage response, ScrubbedRequest request, string name)
    {
        // The head is copied now, because SDKs take the content out of the response before they read it.
        var head = ResponseHead.From(response);
        var log = new BodyReadLog(_options.TimeProvider);
        response.Content = new ObservedContent(response.Content, log, onFinished: Save);
        return response;

        void Save()
        {
            Recording recording = ScrubbedRecordingFactory.FromReads(name, request, head, log);
            if (_options.Scrub is not null)
            {
                recording = _options.Scrub(recording);
            }

            recording.Save(_folder);
        }
    }
}
