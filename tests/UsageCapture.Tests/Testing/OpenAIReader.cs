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
    public static async Task<SdkReading> ReadChatAsync(HttpClient http, Uri url, CancellationToken cancellationToken)
    {
        var client = new ChatClient("m", new ApiKeyCredential("key"), new OpenAIClientOptions
        {
            Endpoint = EndpointOf(url, "/chat/completions"),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            Transport = new HttpClientPipelineTransport(http),
        });
        var reading = new SdkReading();
        try
        {
            await foreach (StreamingChatCompletionUpdate update in client.CompleteChatStreamingAsync(
                [new UserChatMessage("Hi")], cancellationToken: cancellationToken))
            {
                reading = reading with { Text = reading.Text + TextOf(update) };
                if (update.Usage is { } usage)
                {
                    reading = reading with
                    {
                        HasUsage = true,
                        Input = usage.InputTokenCount,
                        Cached = usage.InputTokenDetails?.CachedTokenCount,
                        Output = usage.OutputTokenCount,
                        Reasoning = usage.OutputTokenDetails?.ReasoningTokenCount,
                        Total = usage.TotalTokenCount,
                    };
                }
            }

            return reading;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return reading with { Failure = exception };
        }
    }

    public static async Task<SdkReading> ReadResponsesAsync(HttpClient http, Uri url, CancellationToken cancellationToken)
    {
        var client = new ResponsesClient(new ApiKeyCredential("key"), new ResponsesClientOptions
        {
            Endpoint = EndpointOf(url, "/responses"),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            Transport = new HttpClientPipelineTransport(http),
        });
        var reading = new SdkReading();
        try
        {
            await foreach (StreamingResponseUpdate update in await client.CreateResponseStreamingAsync("m", "Hi", cancellationToken: cancellationToken))
            {
                reading = reading with { Text = reading.Text + TextOf(update) };
                ResponseTokenUsage? usage = update switch
                {
                    StreamingResponseCompletedUpdate completed => completed.Response.Usage,
                    StreamingResponseIncompleteUpdate incomplete => incomplete.Response.Usage,
                    StreamingResponseFailedUpdate failed => failed.Response.Usage,
                    _ => null,
                };
                if (usage is not null)
                {
                    reading = reading with
                    {
                        HasUsage = true,
                        Input = usage.InputTokenCount,
                        Cached = usage.InputTokenDetails?.CachedTokenCount,
                        Output = usage.OutputTokenCount,
                        Reasoning = usage.OutputTokenDetails?.ReasoningTokenCount,
                        Total = usage.TotalTokenCount,
                    };
                }
            }

            return reading;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return reading with { Failure = exception };
        }
    }

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
