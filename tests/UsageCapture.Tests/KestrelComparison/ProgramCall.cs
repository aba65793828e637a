using System.Globalization;
using System.Net;

using UsageCapture.Testing.Replay;

namespace UsageCapture.Tests.KestrelComparison;

/// <summary>One call of a program: its client, its request, and what it has seen so far.</summary>
internal sealed class ProgramCall(HttpClient client, HttpRequestMessage request, Transcript transcript, Action<int> onRead)
{
    private readonly MemoryStream _body = new();
    private readonly ChangeNotifier _changed = new();

    public HttpClient Client { get; } = client;

    public HttpRequestMessage Request { get; } = request;

    public Transcript Transcript { get; } = transcript;

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Sends the request and adds the head of the response.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        HttpCompletionOption completion = HttpCompletionOption.ResponseHeadersRead, CancellationToken? cancellationToken = null)
    {
        HttpResponseMessage response = await Client.SendAsync(Request, completion, cancellationToken ?? Token);
        Transcript.AddHead(response);
        Transcript.Add("same request", ReferenceEquals(response.RequestMessage, Request));
        return response;
    }

    /// <summary>Adds bytes that were read. Where the answer is cut into reads depends on the network, so the transcript has them as one.</summary>
    public void OnRead(ReadOnlySpan<byte> bytes)
    {
        _body.Write(bytes);
        onRead((int)_body.Length);
        _changed.NotifyChanged();
    }

    /// <summary>Waits until so many bytes were read.</summary>
    public Task WaitForBytesAsync(int count) => _changed.WaitUntilAsync(() => _body.Length >= count, Token);

    /// <summary>Adds all bytes that were read so far to the transcript.</summary>
    public void AddBody() => Transcript.Add("body", _body.ToArray());

    /// <summary>Makes a stream that a body can be copied to.</summary>
    public Stream CreateDestination() => new Destination(this);

    /// <summary>Makes the call of a program with and without the handler, and returns what it has seen.</summary>
    public static async Task<string> RunAsync(
        ComparisonServer server, string answer, string httpVersion, bool asks, bool isCaptured, Func<ProgramCall, Task> program)
    {
        string id = Guid.CreateVersion7().ToString("N");
        int last = answer.LastIndexOf('-');
        int? length = last > 0 && int.TryParse(answer[(last + 1)..], CultureInfo.InvariantCulture, out int value) ? value : null;
        HttpMessageHandler handler = new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.FromMilliseconds(10), AllowAutoRedirect = true };
        if (isCaptured)
        {
            handler = new UsageCaptureHandler(new InMemoryUsageSink()) { InnerHandler = handler };
        }

        var transcript = new Transcript();
        using var client = new HttpClient(handler);
        using HttpRequestMessage request = server.CreateRequest(answer, httpVersion, id, asks);
        request.Version = httpVersion == "1.1" ? HttpVersion.Version11 : HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        HttpContent? content = request.Content;
        var call = new ProgramCall(client, request, transcript, total =>
        {
            if (total >= length)
            {
                server.Continue(id);
            }
        });
        await transcript.TryAsync("program", () => program(call));
        call.AddBody();
        if (asks && answer != "silent")
        {
            // A call that is canceled at once may never reach the server.
            transcript.Add("received", server.GetReceived(id));
        }

        transcript.Add("same content", ReferenceEquals(content, request.Content));
        return transcript.ToString();
    }

    private sealed class Destination(ProgramCall call) : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => call.OnRead(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer) => call.OnRead(buffer);

        public override void WriteByte(byte value) => call.OnRead([value]);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            call.OnRead(buffer.Span);
            return default;
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            call.OnRead(buffer.AsSpan(offset, count));
            return Task.CompletedTask;
        }
    }
}
