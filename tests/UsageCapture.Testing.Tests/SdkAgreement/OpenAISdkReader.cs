#pragma warning disable OPENAI001 // ResponsesClient is marked as experimental.

using System.ClientModel;
using System.ClientModel.Primitives;

using OpenAI;
using OpenAI.Chat;
using OpenAI.Responses;

namespace UsageCapture.Testing.Tests.SdkAgreement;

/// <summary>Reads streams with the OpenAI SDK, until it stops.</summary>
internal static class OpenAISdkReader
{
    public static Task<ReportedUsage> ReadChatAsync(HttpClient http, Uri url, CancellationToken cancellationToken)
    {
        var client = new ChatClient("m", new ApiKeyCredential("key"), new OpenAIClientOptions
        {
            Endpoint = GetEndpoint(url, "/chat/completions"),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            Transport = new HttpClientPipelineTransport(http),
        });
        return ReadAsync<StreamingChatCompletionUpdate>(
            () => Task.FromResult<IAsyncEnumerable<StreamingChatCompletionUpdate>>(
                client.CompleteChatStreamingAsync([new UserChatMessage("Hi")], cancellationToken: cancellationToken)),
            GetText,
            GetUsage);
    }

    public static Task<ReportedUsage> ReadResponsesAsync(HttpClient http, Uri url, CancellationToken cancellationToken)
    {
        var client = new ResponsesClient(new ApiKeyCredential("key"), new ResponsesClientOptions
        {
            Endpoint = GetEndpoint(url, "/responses"),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            Transport = new HttpClientPipelineTransport(http),
        });
        return ReadAsync<StreamingResponseUpdate>(
            async () => await client.CreateResponseStreamingAsync("m", "Hi", cancellationToken: cancellationToken), GetText, GetUsage);
    }

    /// <summary>Reads all updates. An exception ends the read and becomes part of the result.</summary>
    private static async Task<ReportedUsage> ReadAsync<TUpdate>(
        Func<Task<IAsyncEnumerable<TUpdate>>> send, Func<TUpdate, string?> getText, Func<TUpdate, ReportedUsage?> getUsage)
    {
        var reading = new ReportedUsage();
        try
        {
            await foreach (TUpdate update in await send())
            {
                reading = (getUsage(update) ?? reading) with { Text = reading.Text + getText(update) };
            }

            return reading;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return reading with { Failure = exception };
        }
    }

    private static ReportedUsage? GetUsage(StreamingChatCompletionUpdate update) => update.Usage is { } usage
        ? CreateUsage(usage.InputTokenCount, usage.InputTokenDetails?.CachedTokenCount, usage.OutputTokenCount, usage.OutputTokenDetails?.ReasoningTokenCount, usage.TotalTokenCount)
        : null;

    private static ReportedUsage? GetUsage(StreamingResponseUpdate update)
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
            : CreateUsage(usage.InputTokenCount, usage.InputTokenDetails?.CachedTokenCount, usage.OutputTokenCount, usage.OutputTokenDetails?.ReasoningTokenCount, usage.TotalTokenCount);
    }

    private static ReportedUsage CreateUsage(long input, long? cached, long output, long? reasoning, long total) =>
        new() { HasUsage = true, Input = input, Cached = cached, Output = output, Reasoning = reasoning, Total = total };

    private static string GetText(StreamingChatCompletionUpdate update)
    {
        IEnumerable<string> calls = update.ToolCallUpdates.Select(
            call => call.FunctionName is { } name ? $"{name}(" : $"{call.FunctionArgumentsUpdate})");
        return string.Concat(update.ContentUpdate.Select(part => part.Text).Concat(calls));
    }

    private static string? GetText(StreamingResponseUpdate update) => update switch
    {
        StreamingResponseOutputTextDeltaUpdate text => text.Delta,
        StreamingResponseOutputItemDoneUpdate { Item: FunctionCallResponseItem call } => $"{call.FunctionName}({call.FunctionArguments})",
        _ => null,
    };

    private static Uri GetEndpoint(Uri url, string path)
    {
        string address = url.GetLeftPart(UriPartial.Path);
        return new Uri(address.EndsWith(path, StringComparison.Ordinal) ? address[..^path.Length] : address);
    }
}
