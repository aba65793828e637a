#pragma warning disable OPENAI001 // The client of Responses is said to be experimental.

using System.ClientModel;
using System.ClientModel.Primitives;

using OpenAI;
using OpenAI.Chat;
using OpenAI.Responses;

namespace UsageCapture.Tests.Testing;

/// <summary>Reads streams with OpenAI's own client, to their end or to its own.</summary>
internal static class OpenAIReader
{
    public static Task<SdkReading> ReadChatAsync(HttpClient http, Uri url, CancellationToken cancellationToken)
    {
        var client = new ChatClient("m", new ApiKeyCredential("key"), new OpenAIClientOptions
        {
            Endpoint = EndpointOf(url, "/chat/completions"),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            Transport = new HttpClientPipelineTransport(http),
        });
        return ReadAsync<StreamingChatCompletionUpdate>(
            () => Task.FromResult<IAsyncEnumerable<StreamingChatCompletionUpdate>>(
                client.CompleteChatStreamingAsync([new UserChatMessage("Hi")], cancellationToken: cancellationToken)),
            TextOf,
            UsageOf);
    }

    public static Task<SdkReading> ReadResponsesAsync(HttpClient http, Uri url, CancellationToken cancellationToken)
    {
        var client = new ResponsesClient(new ApiKeyCredential("key"), new ResponsesClientOptions
        {
            Endpoint = EndpointOf(url, "/responses"),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            Transport = new HttpClientPipelineTransport(http),
        });
        return ReadAsync<StreamingResponseUpdate>(
            async () => await client.CreateResponseStreamingAsync("m", "Hi", cancellationToken: cancellationToken), TextOf, UsageOf);
    }

    /// <summary>Reads to the end, or to an exception.</summary>
    private static async Task<SdkReading> ReadAsync<TUpdate>(
        Func<Task<IAsyncEnumerable<TUpdate>>> send, Func<TUpdate, string?> textOf, Func<TUpdate, SdkReading?> usageOf)
    {
        var reading = new SdkReading();
        try
        {
            await foreach (TUpdate update in await send())
            {
                reading = (usageOf(update) ?? reading) with { Text = reading.Text + textOf(update) };
            }

            return reading;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return reading with { Failure = exception };
        }
    }

    private static SdkReading? UsageOf(StreamingChatCompletionUpdate update) => update.Usage is { } usage
        ? Counts(usage.InputTokenCount, usage.InputTokenDetails?.CachedTokenCount, usage.OutputTokenCount, usage.OutputTokenDetails?.ReasoningTokenCount, usage.TotalTokenCount)
        : null;

    private static SdkReading? UsageOf(StreamingResponseUpdate update)
    {
        ResponseTokenUsage? usage = update switch
        {
            StreamingResponseCompletedUpdate completed => completed.Response.Usage,
            StreamingResponseIncompleteUpdate incomplete => incomplete.Response.Usage,
            StreamingResponseFailedUpdate failed => failed.Response.Usage,
            _ => null,
        };
        return usage is null
            ? null
            : Counts(usage.InputTokenCount, usage.InputTokenDetails?.CachedTokenCount, usage.OutputTokenCount, usage.OutputTokenDetails?.ReasoningTokenCount, usage.TotalTokenCount);
    }

    private static SdkReading Counts(long input, long? cached, long output, long? reasoning, long total) =>
        new() { HasUsage = true, Input = input, Cached = cached, Output = output, Reasoning = reasoning, Total = total };

    private static string TextOf(StreamingChatCompletionUpdate update)
    {
        IEnumerable<string> calls = update.ToolCallUpdates.Select(
            call => call.FunctionName is { } name ? $"{name}(" : $"{call.FunctionArgumentsUpdate})");
        return string.Concat(update.ContentUpdate.Select(part => part.Text).Concat(calls));
    }

    private static string? TextOf(StreamingResponseUpdate update) => update switch
    {
        StreamingResponseOutputTextDeltaUpdate text => text.Delta,
        StreamingResponseOutputItemDoneUpdate { Item: FunctionCallResponseItem call } => $"{call.FunctionName}({call.FunctionArguments})",
        _ => null,
    };

    private static Uri EndpointOf(Uri url, string path)
    {
        string address = url.GetLeftPart(UriPartial.Path);
        return new Uri(address.EndsWith(path, StringComparison.Ordinal) ? address[..^path.Length] : address);
    }
}
