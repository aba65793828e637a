using System.Text;

using UsageCapture.Testing;

namespace UsageCapture.Tests.Responses;

/// <summary>A response that is complete stays so: a sink that hangs never makes it a failure.</summary>
public sealed class CompleteResponseTests
{
    private static readonly string Events = Chat.Text + Chat.Finish + Chat.Usage + Chat.Done;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1.1", true)]
    [InlineData("1.1", false)]
    [InlineData("2.0", true)]
    [InlineData("2.0", false)]
    public async Task BufferedResponse_WhoseTokenFiresWhileASinkHangs_IsComplete(string httpVersion, bool streamed)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        var sink = new GatedSink();
        using HttpClient http = Client.Captured(sink, httpVersion);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var content = new StringContent(
            $$"""{"model":"gpt-5-mini","stream":{{(streamed ? "true" : "false")}},"messages":[{"role":"user","content":"Hi"}]}""",
            Encoding.UTF8,
            "application/json");

        Task<HttpResponseMessage> sending = http.PostAsync(server.At("v1/chat/completions", httpVersion), content, cancel.Token);
        await sink.Called.WaitAsync(Token);
        await cancel.CancelAsync();

        using HttpResponseMessage response = await sending;
        Assert.Equal(Assert.Single(server.Requests).ResponseBody, await response.Content.ReadAsByteArrayAsync(Token));
        sink.Open();
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task StreamedResponse_WhoseTokenFiresWhileASinkHangs_IsReadToItsEnd(string httpVersion)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        var sink = new GatedSink();
        using HttpClient http = Client.Captured(sink, httpVersion);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, server.At("v1/chat/completions", httpVersion));
        request.Content = new StringContent("""{"model":"gpt-5-mini","stream":true,"messages":[]}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        Stream body = await response.Content.ReadAsStreamAsync(Token);

        Task<byte[]> reading = ReadAsync(body, cancel.Token);
        await sink.Called.WaitAsync(Token);
        await cancel.CancelAsync();

        Assert.Equal(Assert.Single(server.Requests).ResponseBody, await reading);
        sink.Open();
    }

    [Fact]
    public async Task Response_ThatStaysOpenAfterItsEnd_IsCanceledSoonAfterTheToken()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var sink = new GatedSink();
        var handler = new UsageCaptureHandler(sink) { InnerHandler = new ReplayHandler(Chat.Stalling(Events)) };
        using var client = new HttpClient(handler);
        using HttpRequestMessage request = Chat.Request();
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        Task copying = response.Content.CopyToAsync(Stream.Null, cancel.Token);

        await sink.Called.WaitAsync(Token);
        await cancel.CancelAsync();

        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copying);
        Assert.Equal(cancel.Token, exception.CancellationToken);
        sink.Open();
    }

    private static async Task<byte[]> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        using var read = new MemoryStream();
        byte[] buffer = new byte[4096];
        while (await body.ReadAsync(buffer, cancellationToken) is > 0 and int count)
        {
            read.Write(buffer, 0, count);
        }

        return read.ToArray();
    }
}
