namespace UsageCapture.Tests.Requests;

/// <summary>The text of headers is that of the server or the caller, as without the handler.</summary>
public sealed class RawHeaderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Chat.Url, 200, InjectedUsageMode.Forward)]
    [InlineData(Chat.Url, 200, InjectedUsageMode.Hide)]
    [InlineData(Chat.Url, 400, InjectedUsageMode.Forward)]
    [InlineData("https://gateway.example/unknown", 200, InjectedUsageMode.Forward)]
    public async Task NonValidatedHeaders_AreTheServersOwnText(string url, int status, InjectedUsageMode mode)
    {
        string[] plain = await ReadAsync(new HttpClient(Server(status)), url);
        string[] captured = await ReadAsync(
            new HttpClient(new UsageCaptureHandler([], new UsageCaptureOptions { InjectedUsage = mode }) { InnerHandler = Server(status) }), url);

        Assert.Contains("Content-Type: Text/Event-Stream;charset=\"utf-8\"", plain);
        Assert.Contains("Content-Encoding: gzip,identity", plain);
        Assert.Equal(plain, captured);
    }

    [Fact]
    public async Task NonValidatedHeaders_OfAStreamWithALength_AreTheServersOwnTextWhereUsageIsHidden()
    {
        var handler = new UsageCaptureHandler([], new UsageCaptureOptions { InjectedUsage = InjectedUsageMode.Hide })
        {
            InnerHandler = Server(200, encoding: null),
        };

        string[] captured = await ReadAsync(new HttpClient(handler), Chat.Url);

        Assert.Contains("Content-Type: Text/Event-Stream;charset=\"utf-8\"", captured);
    }

    // At an unknown host, a body without a model is not taken for a call, unless its headers say that it cannot be read.
    [Fact]
    public async Task NonValidatedHeaders_OfARequest_AreTheCallersOwnText()
    {
        string? sent = null;
        using var client = new HttpClient(new UsageCaptureHandler([])
        {
            InnerHandler = new AnsweringHandler((request, _) =>
            {
                sent = request.Content!.Headers.NonValidated["Content-Type"].ToString();
                return Task.FromResult(new HttpResponseMessage());
            }),
        });
        using var content = new ByteArrayContent("{}"u8.ToArray());
        content.Headers.TryAddWithoutValidation("content-type", "Application/Json;charset=\"utf-8\"");

        using HttpResponseMessage response = await client.PostAsync(new Uri("https://gateway.example/v1/chat/completions"), content, Token);

        Assert.Equal("Application/Json;charset=\"utf-8\"", sent);
    }

    private static AnsweringHandler Server(int status, string? encoding = "gzip,identity") => new((_, _) =>
    {
        var response = new HttpResponseMessage((System.Net.HttpStatusCode)status) { Content = new ByteArrayContent([]) };
        response.Content.Headers.TryAddWithoutValidation("content-type", "Text/Event-Stream;charset=\"utf-8\"");
        response.Content.Headers.TryAddWithoutValidation("content-length", "0");
        if (encoding is not null)
        {
            response.Content.Headers.TryAddWithoutValidation("content-encoding", encoding);
        }

        return Task.FromResult(response);
    });

    private static async Task<string[]> ReadAsync(HttpClient client, string url)
    {
        using HttpRequestMessage request = Chat.Request(url: url);
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        return [.. response.Content.Headers.NonValidated.Select(header => $"{header.Key}: {header.Value}").Order(StringComparer.Ordinal)];
    }
}
