using System.ClientModel;
using System.ClientModel.Primitives;

using OpenAI;
using OpenAI.Audio;
using OpenAI.Embeddings;
using OpenAI.Images;
using OpenAI.Responses;

namespace UsageCapture.OpenAI.Tests;

#pragma warning disable OPENAI001 // What the SDK calls an evaluation is what its users call.

/// <summary>OpenAI's own clients of its other APIs, answered with recordings: what they report to their caller is what the record says.</summary>
public sealed class OtherApisTests
{
    private readonly InMemoryUsageSink _sink = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Responses_ReadToTheLastUpdate_RecordCountsWhatTheClientCounts()
    {
        await using ChatServer server = await ServeAsync("openai-responses-stream-cache-write");
        using HttpClient http = Client.Captured(_sink);
        ResponsesClient client = Responses(http, server);

        ResponseTokenUsage? usage = null;
        AsyncStreamingResult<StreamingResponseUpdate> updates = await client.CreateResponseStreamingAsync("gpt-5.5", "Hello", cancellationToken: Token);
        await foreach (StreamingResponseUpdate update in updates)
        {
            if (update is StreamingResponseCompletedUpdate completed)
            {
                usage = completed.Response.Usage;
                Assert.Single(_sink.Records);
            }
        }

        AssertSame(usage);
        Assert.Equal(2, Record.Usage?.ServerToolRequests);
        Assert.True(Record.Streaming);
    }

    [Fact]
    public async Task Responses_AtOnce_RecordCountsWhatTheClientCounts()
    {
        await using ChatServer server = await ServeAsync("openai-responses-json-image-tool");
        using HttpClient http = Client.Captured(_sink);

        ResponseResult response = await Responses(http, server).CreateResponseAsync("gpt-5.5", "Hello", cancellationToken: Token);

        AssertSame(response.Usage);
        UsageIteration image = Assert.Single(Record.Iterations);
        Assert.Equal(("image_gen", false, 150), (image.Type, image.IsInTotal, image.Usage.TotalTokens));
    }

    [Fact]
    public async Task Embeddings_RecordCountsWhatTheClientCounts()
    {
        await using ChatServer server = await ServeAsync("openai-embeddings");
        using HttpClient http = Client.Captured(_sink);
        var client = new EmbeddingClient("text-embedding-3-small", new ApiKeyCredential("key"), Options(http, server));

        OpenAIEmbeddingCollection embeddings = await client.GenerateEmbeddingsAsync(["Hello"], cancellationToken: Token);

        Assert.Equal(embeddings.Usage.InputTokenCount, Record.Usage?.InputTokens);
        Assert.Equal(embeddings.Usage.TotalTokenCount, Record.Usage?.TotalTokens);
        Assert.Equal(("embeddings", "text-embedding-3-small"), (Record.Operation, Record.RequestModel));
    }

    [Fact]
    public async Task Images_RecordCountsWhatTheClientCounts()
    {
        await using ChatServer server = await ServeAsync("openai-images-json");
        using HttpClient http = Client.Captured(_sink);
        var client = new ImageClient("gpt-image-1", new ApiKeyCredential("key"), Options(http, server));

        GeneratedImageCollection images = await client.GenerateImagesAsync("Hello", 1, cancellationToken: Token);

        AssertSame(images.Usage);
        Assert.Equal("image_generation", Record.Operation);
    }

    [Fact]
    public async Task ImageEdit_SentAsAForm_RecordHasItsModelAndCounts()
    {
        await using ChatServer server = await ServeAsync("openai-images-json");
        using HttpClient http = Client.Captured(_sink);
        var client = new ImageClient("gpt-image-1", new ApiKeyCredential("key"), Options(http, server));

        using var image = new MemoryStream(Upload());
        GeneratedImageCollection images = await client.GenerateImageEditsAsync(image, "a.png", "Hello", 1, cancellationToken: Token);

        AssertSame(images.Usage);
        Assert.Equal(("image_edit", "gpt-image-1"), (Record.Operation, Record.RequestModel));
    }

    [Fact]
    public async Task Transcription_SentAsAForm_RecordHasItsModelAndCounts()
    {
        await using ChatServer server = await ServeAsync("openai-transcription-json");
        using HttpClient http = Client.Captured(_sink);
        var client = new AudioClient("gpt-4o-transcribe", new ApiKeyCredential("key"), Options(http, server));

        using var audio = new MemoryStream(Upload());
        AudioTranscription transcription = await client.TranscribeAudioAsync(audio, "a.mp3", cancellationToken: Token);

        var usage = Assert.IsType<AudioTranscriptionTokenUsage>(transcription.Usage);
        Assert.Equal(usage.InputTokenCount, Record.Usage?.InputTokens);
        Assert.Equal(usage.InputTokenDetails.AudioTokenCount, Record.Usage?.InputAudioTokens);
        Assert.Equal(usage.OutputTokenCount, Record.Usage?.OutputTokens);
        Assert.Equal(usage.TotalTokenCount, Record.Usage?.TotalTokens);
        Assert.Equal(("transcription", "gpt-4o-transcribe"), (Record.Operation, Record.RequestModel));
        Assert.True(Assert.Single(server.Requests).Body.AsSpan().IndexOf(Upload()) > 0);
    }

    private UsageRecord Record => Assert.Single(_sink.Records);

    private static async Task<ChatServer> ServeAsync(string recording)
    {
        ChatServer server = await ChatServer.StartAsync();
        server.ReplyNext(Recordings.Get(recording));
        return server;
    }

    /// <summary>Makes bytes that no text is, and that have line ends and dashes among them.</summary>
    private static byte[] Upload()
    {
        byte[] bytes = new byte[200_000];
        new Random(1).NextBytes(bytes);
        "\r\n--\r\n"u8.CopyTo(bytes.AsSpan(1000));
        return bytes;
    }

    private static OpenAIClientOptions Options(HttpClient http, ChatServer server) => new()
    {
        Endpoint = server.At("v1"),
        RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
        Transport = new HttpClientPipelineTransport(http),
    };

    private static ResponsesClient Responses(HttpClient http, ChatServer server) => new(new ApiKeyCredential("key"), new ResponsesClientOptions
    {
        Endpoint = server.At("v1"),
        RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
        Transport = new HttpClientPipelineTransport(http),
    });

    private void AssertSame(ResponseTokenUsage? usage)
    {
        Assert.NotNull(usage);
        Assert.Equal(UsageStatus.Exact, Record.Status);
        Assert.Equal(UsageOutcome.Completed, Record.Outcome);
        Assert.Equal(usage.InputTokenCount, Record.Usage?.InputTokens);
        Assert.Equal(usage.InputTokenDetails.CachedTokenCount, Record.Usage?.CachedInputTokens);
        Assert.Equal(usage.InputTokenDetails.CacheWriteTokenCount, Record.Usage?.CacheWriteTokens ?? 0);
        Assert.Equal(usage.OutputTokenCount, Record.Usage?.OutputTokens);
        Assert.Equal(usage.OutputTokenDetails.ReasoningTokenCount, Record.Usage?.ReasoningTokens);
        Assert.Equal(usage.TotalTokenCount, Record.Usage?.TotalTokens);
    }

    private void AssertSame(ImageTokenUsage usage)
    {
        Assert.Equal(UsageStatus.Exact, Record.Status);
        Assert.Equal(usage.InputTokenCount, Record.Usage?.InputTokens);
        Assert.Equal(usage.InputTokenDetails.ImageTokenCount, Record.Usage?.InputImageTokens);
        Assert.Equal(usage.OutputTokenCount, Record.Usage?.OutputTokens);
        Assert.Equal(usage.OutputTokenDetails.ImageTokenCount, Record.Usage?.OutputImageTokens);
        Assert.Equal(usage.TotalTokenCount, Record.Usage?.TotalTokens);
    }
}
