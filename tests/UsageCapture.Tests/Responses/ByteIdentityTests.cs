using UsageCapture.Testing;

namespace UsageCapture.Tests.Responses;

/// <summary>However a response is read and wherever its reads are cut: the same bytes, the same headers, one record, the same usage.</summary>
public sealed class ByteIdentityTests
{
    private static readonly (string Name, Func<HttpClient, HttpRequestMessage, Task<(byte[] Body, HttpResponseMessage Response)>> Read)[] Ways =
    [
        ("headers first, stream, memory", (client, request) => HeadersFirst(client, request, ReadMemoryAsync)),
        ("headers first, stream, array", (client, request) => HeadersFirst(client, request, ReadArrayAsync)),
        ("headers first, stream, begin and end", (client, request) => HeadersFirst(client, request, ReadBeginEndAsync)),
        ("headers first, stream, synchronous span", (client, request) => HeadersFirst(client, request, ReadSpanAsync)),
        ("headers first, stream, single bytes", (client, request) => HeadersFirst(client, request, ReadBytesAsync)),
        ("headers first, stream copied", (client, request) => HeadersFirst(client, request, CopyStreamAsync)),
        ("headers first, content copied", (client, request) => HeadersFirst(client, request, CopyContentAsync)),
        ("headers first, content copied synchronously", (client, request) => HeadersFirst(client, request, CopyContentSynchronouslyAsync)),
        ("headers first, byte array", (client, request) => HeadersFirst(client, request, content => content.ReadAsByteArrayAsync(Token))),
        ("headers first, string", (client, request) => HeadersFirst(client, request, ReadStringAsync)),
        ("buffered", BufferedAsync),
        ("buffered, synchronous", BufferedSynchronouslyAsync),
        ("synchronous, headers first", SynchronousAsync),
    ];

    public static TheoryData<string> All => [.. Recordings.Names];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(All))]
    public async Task Response_ReadInAnyWayAndCutAtAnyByte_IsTheSame(string name)
    {
        Recording recording = Recordings.Get(name);
        UsageRecord expected = await Recordings.CaptureAsync(name);
        foreach ((string way, Func<HttpClient, HttpRequestMessage, Task<(byte[] Body, HttpResponseMessage Response)>> read) in Ways)
        {
            (byte[] bareBody, string bareHeaders) = await BareAsync(recording, read);
            foreach (int length in Lengths(recording.Body.Length))
            {
                var sink = new InMemoryUsageSink();
                var replay = new ReplayHandler(recording.InChunksOf(length));
                using var client = new HttpClient(new UsageCaptureHandler(sink) { InnerHandler = replay });
                using HttpRequestMessage request = recording.CreateRequest();

                (byte[] body, HttpResponseMessage response) = await read(client, request);

                using (response)
                {
                    string where = $"{way}, {length} bytes a read";
                    Assert.True(bareBody.AsSpan().SequenceEqual(body), where);
                    Assert.Equal(bareHeaders, HeadersOf(response));
                    Assert.True(sink.Records is [var record] && Facts(record) == Facts(expected), where);
                }
            }
        }
    }

    /// <summary>Every length of read that a short body may be cut by; of a long one every short length, and more and more seldom the longer ones.</summary>
    private static IEnumerable<int> Lengths(int bodyLength)
    {
        const int AllUpTo = 64;
        for (int length = 1; length < bodyLength; length += 1 + (Math.Max(0, length - AllUpTo) / 16))
        {
            yield return length;
        }

        yield return Math.Max(1, bodyLength);
    }

    private static string Facts(UsageRecord record) => (
        record.Usage, record.RawUsage, record.Status, record.Outcome, record.Anomalies, record.NeedsReview, record.ResponseId,
        record.ResponseModel, string.Join(' ', record.FinishReasons), record.Error, record.Streaming, record.Provider).ToString();

    private static async Task<(byte[] Body, string Headers)> BareAsync(
        Recording recording, Func<HttpClient, HttpRequestMessage, Task<(byte[] Body, HttpResponseMessage Response)>> read)
    {
        using var client = new HttpClient(new ReplayHandler(recording));
        using HttpRequestMessage request = recording.CreateRequest();
        (byte[] body, HttpResponseMessage response) = await read(client, request);
        using (response)
        {
            return (body, HeadersOf(response));
        }
    }

    private static string HeadersOf(HttpResponseMessage response) =>
        $"{response.StatusCode}\n{response.Version}\n{response.Headers}\n{response.Content.Headers}\n{response.TrailingHeaders}";

    private static async Task<(byte[] Body, HttpResponseMessage Response)> HeadersFirst(
        HttpClient client, HttpRequestMessage request, Func<HttpContent, Task<byte[]>> read)
    {
        HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        return (await read(response.Content), response);
    }

    private static async Task<byte[]> ReadMemoryAsync(HttpContent content)
    {
        Stream stream = await content.ReadAsStreamAsync(Token);
        using var body = new MemoryStream();
        byte[] buffer = new byte[700];
        while (await stream.ReadAsync(buffer, Token) is > 0 and int read)
        {
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    private static async Task<byte[]> ReadArrayAsync(HttpContent content)
    {
        Stream stream = await content.ReadAsStreamAsync(Token);
        using var body = new MemoryStream();
        byte[] buffer = new byte[702];
#pragma warning disable CA1835 // The overload for arrays is the one under test.
        while (await stream.ReadAsync(buffer, 1, 700, Token) is > 0 and int read)
#pragma warning restore CA1835
        {
            body.Write(buffer, 1, read);
        }

        return body.ToArray();
    }

    private static async Task<byte[]> ReadBeginEndAsync(HttpContent content)
    {
        Stream stream = await content.ReadAsStreamAsync(Token);
        using var body = new MemoryStream();
        byte[] buffer = new byte[700];
        while (await Task.Factory.FromAsync(stream.BeginRead, stream.EndRead, buffer, 0, buffer.Length, state: null) is > 0 and int read)
        {
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    private static Task<byte[]> ReadSpanAsync(HttpContent content)
    {
        Stream stream = content.ReadAsStream(Token);
        using var body = new MemoryStream();
        Span<byte> buffer = stackalloc byte[700];
        while (stream.Read(buffer) is > 0 and int read)
        {
            body.Write(buffer[..read]);
        }

        return Task.FromResult(body.ToArray());
    }

    private static Task<byte[]> ReadBytesAsync(HttpContent content)
    {
        Stream stream = content.ReadAsStream(Token);
        using var body = new MemoryStream();
        while (stream.ReadByte() is >= 0 and int next)
        {
            body.WriteByte((byte)next);
        }

        return Task.FromResult(body.ToArray());
    }

    private static async Task<byte[]> CopyStreamAsync(HttpContent content)
    {
        using var body = new MemoryStream();
        await (await content.ReadAsStreamAsync(Token)).CopyToAsync(body, Token);
        return body.ToArray();
    }

    private static async Task<byte[]> CopyContentAsync(HttpContent content)
    {
        using var body = new MemoryStream();
        await content.CopyToAsync(body, Token);
        return body.ToArray();
    }

    private static Task<byte[]> CopyContentSynchronouslyAsync(HttpContent content)
    {
        using var body = new MemoryStream();
        content.CopyTo(body, context: null, Token);
        return Task.FromResult(body.ToArray());
    }

    private static async Task<byte[]> ReadStringAsync(HttpContent content)
    {
        string text = await content.ReadAsStringAsync(Token);
        byte[] bytes = await content.ReadAsByteArrayAsync(Token);
        Assert.Equal(System.Text.Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF'), text);
        return bytes;
    }

    private static async Task<(byte[] Body, HttpResponseMessage Response)> BufferedAsync(HttpClient client, HttpRequestMessage request)
    {
        HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseContentRead, Token);
        return (await response.Content.ReadAsByteArrayAsync(Token), response);
    }

    private static Task<(byte[] Body, HttpResponseMessage Response)> BufferedSynchronouslyAsync(HttpClient client, HttpRequestMessage request)
    {
        HttpResponseMessage response = client.Send(request, HttpCompletionOption.ResponseContentRead, Token);
        using var body = new MemoryStream();
        response.Content.ReadAsStream(Token).CopyTo(body);
        return Task.FromResult((body.ToArray(), response));
    }

    private static Task<(byte[] Body, HttpResponseMessage Response)> SynchronousAsync(HttpClient client, HttpRequestMessage request)
    {
        HttpResponseMessage response = client.Send(request, HttpCompletionOption.ResponseHeadersRead, Token);
        using var body = new MemoryStream();
        response.Content.ReadAsStream(Token).CopyTo(body);
        return Task.FromResult((body.ToArray(), response));
    }
}
