using UsageCapture.Testing.Tests.SdkAgreement;

namespace UsageCapture.Testing.Tests;

/// <summary>Tests that a witness compares the bytes that the caller read with a recording.</summary>
public sealed class WitnessHandlerTests
{
    private static readonly Recording Hello = ChatStream.Create("m").Text("Hello").Finish("stop").Usage(prompt: 1, completion: 2).ToRecording();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AssertRead_AfterACompleteRead_Passes()
    {
        var witness = new WitnessHandler { InnerHandler = new UsageCaptureHandler(new InMemoryUsageSink()) { InnerHandler = new ReplayHandler(Hello.InChunksOf(7)) } };
        using var http = new HttpClient(witness);

        await OpenAISdkReader.ReadChatAsync(http, Hello.Request.Url, Token);

        witness.AssertRead(Hello);
        Assert.Equal(Hello.Body.ToArray(), Assert.Single(witness.Bodies).ToArray());
    }

    [Fact]
    public async Task AssertRead_AfterAPartialRead_Throws()
    {
        var witness = new WitnessHandler { InnerHandler = new ReplayHandler(Hello) };
        using var http = new HttpClient(witness);
        using HttpRequestMessage request = Hello.CreateRequest();
        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        await (await response.Content.ReadAsStreamAsync(Token)).ReadExactlyAsync(new byte[10], Token);

        Assert.Equal(
            $"The caller did not read the bytes of the recording 'chat-stream': it read 10 of {Hello.Body.Length} bytes and stopped there.",
            Assert.Throws<InvalidOperationException>(() => witness.AssertRead(Hello)).Message);
    }

    [Theory]
    [InlineData("dataX {}", "it read 4 of 8 bytes and then read 58 where 3a is recorded.")]
    [InlineData("data: {}\n", "it read 8 of 8 bytes and read past the end.")]
    public async Task AssertRead_WithOtherBytes_ThrowsWithThePosition(string body, string expected)
    {
        var witness = new WitnessHandler { InnerHandler = new ReplayHandler(Hello.WithBody(System.Text.Encoding.UTF8.GetBytes(body))) };
        using var http = new HttpClient(witness);
        using HttpRequestMessage request = Hello.CreateRequest();
        (await http.SendAsync(request, Token)).Dispose();

        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => witness.AssertRead(Hello.WithBody("data: {}"u8.ToArray())));

        Assert.EndsWith(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AssertRead_WithoutAResponse_Throws() => Assert.StartsWith(
        "No response was received, so nothing of the recording 'chat-stream' was read.",
        Assert.Throws<InvalidOperationException>(() => new WitnessHandler().AssertRead(Hello)).Message,
        StringComparison.Ordinal);
}
