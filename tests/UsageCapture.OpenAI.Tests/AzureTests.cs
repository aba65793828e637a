using System.Text;

using OpenAI.Chat;

namespace UsageCapture.OpenAI.Tests;

/// <summary>Azure, by OpenAI's own client at the undated endpoint and by hand at the dated ones.</summary>
public sealed class AzureTests
{
    private const string Plain = """{"stream":true,"messages":[{"role":"user","content":"Hi"}]}""";
    private const string Options = ""","stream_options":{"include_usage":true}""";

    private static readonly ChatMessage[] Messages = [new UserChatMessage("Hi")];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task StreamedAsync_AtTheUndatedEndpoint_IsRecordedAsAzure(string httpVersion)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        var sink = new InMemoryUsageSink();
        using HttpClient http = Client.Captured(sink, httpVersion);
        ChatClient chat = SdkClient.Chat(http, server.At("openai/v1/", httpVersion));

        ChatTokenUsage? usage = null;
        await foreach (StreamingChatCompletionUpdate update in chat.CompleteChatStreamingAsync(Messages, cancellationToken: Token))
        {
            usage = update.Usage ?? usage;
        }

        UsageRecord record = ExactRecord.Single(sink);
        Assert.Equal("azure.ai.openai", record.Provider);
        Assert.Null(record.Deployment);
        Assert.Null(record.ApiVersion);
        Assert.Equal(UsageRequestState.AskedByCaller, record.UsageRequest);
        Assert.Equal("/openai/v1/chat/completions", Assert.Single(server.Requests).Target);
        SdkUsage.IsThatOf(record, usage);
    }

    [Fact]
    public async Task UnstreamedAsync_AtTheUndatedEndpoint_IsRecordedAsAzure()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        var sink = new InMemoryUsageSink();
        using HttpClient http = Client.Captured(sink);

        ChatCompletion completion = await SdkClient.Chat(http, server.At("openai/v1/")).CompleteChatAsync(Messages, cancellationToken: Token);

        UsageRecord record = ExactRecord.Single(sink);
        Assert.Equal("azure.ai.openai", record.Provider);
        SdkUsage.IsThatOf(record, completion.Usage);
    }

    [Theory]
    [InlineData("2024-09-01-preview")]
    [InlineData("2024-10-21")]
    [InlineData("2024-12-01-preview")]
    [InlineData("2025-03-01-preview")]
    public async Task Stream_VersionThatTakesTheOption_IsAsked(string apiVersion)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        var sink = new InMemoryUsageSink();

        ServedRequest request = await PostAsync(server, sink, apiVersion, Plain);

        Assert.Equal(Asked(Plain), Encoding.UTF8.GetString(request.Body));
        UsageRecord record = ExactRecord.Single(sink);
        Assert.Equal(UsageRequestState.AskedByHandler, record.UsageRequest);
        AssertDated(record, apiVersion);
    }

    [Theory]
    [InlineData("2024-02-15-preview")]
    [InlineData("2024-06-01")]
    public async Task Stream_VersionThatRefusesTheOption_IsLeftAlone(string apiVersion)
    {
        await using ChatServer server = await ChatServer.StartAsync();
        var sink = new InMemoryUsageSink();

        ServedRequest request = await PostAsync(server, sink, apiVersion, Plain);

        Assert.Equal(Plain, Encoding.UTF8.GetString(request.Body));
        UsageRecord record = Assert.Single(sink.Records);
        AssertUnasked(record);
        AssertDated(record, apiVersion);
    }

    [Fact]
    public async Task Stream_WithDataSources_IsLeftAlone()
    {
        const string Body =
            """{"stream":true,"messages":[{"role":"user","content":"Hi"}],"data_sources":[{"type":"azure_search","parameters":{}}]}""";
        await using ChatServer server = await ChatServer.StartAsync();
        var sink = new InMemoryUsageSink();

        ServedRequest request = await PostAsync(server, sink, "2024-10-21", Body);

        Assert.Equal(Body, Encoding.UTF8.GetString(request.Body));
        AssertUnasked(Assert.Single(sink.Records));
    }

    [Fact]
    public async Task Stream_WithAnImage_IsAsked()
    {
        const string Body =
            """{"stream":true,"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]}]}""";
        await using ChatServer server = await ChatServer.StartAsync();
        var sink = new InMemoryUsageSink();

        ServedRequest request = await PostAsync(server, sink, "2024-10-21", Body);

        Assert.Equal(Asked(Body), Encoding.UTF8.GetString(request.Body));
        Assert.Equal(UsageRequestState.AskedByHandler, ExactRecord.Single(sink).UsageRequest);
    }

    [Fact]
    public async Task Stream_CallerAsksWhereItIsRefused_CallerSeesTheRefusal()
    {
        await using ChatServer server = await ChatServer.StartAsync();
        var sink = new InMemoryUsageSink();
        string body = Asked(Plain);

        ServedRequest request = await PostAsync(server, sink, "2024-06-01", body, expectedStatus: 400);

        Assert.Equal(body, Encoding.UTF8.GetString(request.Body));
        UsageRecord record = Assert.Single(sink.Records);
        Assert.Equal(UsageOutcome.Rejected, record.Outcome);
        Assert.Equal(new UsageError { Code = "unknown_parameter", Type = "invalid_request_error", Parameter = "stream_options" }, record.Error);
        Assert.Equal(UsageRequestState.AskedByCaller, record.UsageRequest);
        Assert.False(record.NeedsReview);
    }

    private static string Asked(string body) => body.Insert("""{"stream":true""".Length, Options);

    private static async Task<ServedRequest> PostAsync(
        ChatServer server, InMemoryUsageSink sink, string apiVersion, string body, int expectedStatus = 200)
    {
        using HttpClient http = Client.Captured(sink);
        using var message = new HttpRequestMessage(
            HttpMethod.Post, server.At($"openai/deployments/my%20mini/chat/completions?api-version={apiVersion}"))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };

        using HttpResponseMessage response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, Token);
        byte[] received = await response.Content.ReadAsByteArrayAsync(Token);

        ServedRequest request = Assert.Single(server.Requests);
        Assert.Equal($"/openai/deployments/my%20mini/chat/completions?api-version={apiVersion}", request.Target);
        Assert.Equal(request.ResponseBody, received);
        Assert.Equal(expectedStatus, (int)response.StatusCode);
        return request;
    }

    private static void AssertDated(UsageRecord record, string apiVersion)
    {
        Assert.Equal("azure.ai.openai", record.Provider);
        Assert.Equal("my mini", record.Deployment);
        Assert.Equal(apiVersion, record.ApiVersion);
        Assert.Null(record.RequestModel);
    }

    private static void AssertUnasked(UsageRecord record)
    {
        Assert.Equal(UsageStatus.Missing, record.Status);
        Assert.Equal(UsageOutcome.Completed, record.Outcome);
        Assert.Equal(UsageRequestState.NotAsked, record.UsageRequest);
        Assert.True(record.NeedsReview);
        Assert.Null(record.Usage);
        Assert.Equal(ChatAnswer.Model, record.ResponseModel);
        Assert.Equal(["stop"], record.FinishReasons);
    }
}
