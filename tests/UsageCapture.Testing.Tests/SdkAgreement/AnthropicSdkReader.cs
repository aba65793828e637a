using Anthropic;
using Anthropic.Models.Messages;

namespace UsageCapture.Testing.Tests.SdkAgreement;

/// <summary>Reads streams with the Anthropic SDK.</summary>
internal static class AnthropicSdkReader
{
    public static async Task<ReportedUsage> ReadAsync(HttpClient http, Uri url, CancellationToken cancellationToken)
    {
        var client = new AnthropicClient { HttpClient = http, ApiKey = "key", MaxRetries = 0, BaseUrl = url.GetLeftPart(UriPartial.Authority) };
        var parameters = new MessageCreateParams { MaxTokens = 16, Model = "m", Messages = [new UserMessageParam("Hi")] };
        var reading = new ReportedUsage();
        try
        {
            await foreach (RawMessageStreamEvent streamEvent in client.Messages.CreateStreaming(parameters, cancellationToken))
            {
                if (streamEvent.TryPickStart(out RawMessageStartEvent? start))
                {
                    Usage usage = start.Message.Usage;
                    reading = reading with
                    {
                        HasUsage = true,
                        Input = usage.InputTokens,
                        Cached = usage.CacheReadInputTokens,
                        CacheWrite = usage.CacheCreationInputTokens,
                        Output = usage.OutputTokens,
                        Reasoning = usage.OutputTokensDetails?.ThinkingTokens,
                    };
                }
                else if (streamEvent.TryPickDelta(out RawMessageDeltaEvent? delta))
                {
                    MessageDeltaUsage usage = delta.Usage;
                    reading = reading with
                    {
                        Input = usage.InputTokens ?? reading.Input,
                        Cached = usage.CacheReadInputTokens ?? reading.Cached,
                        CacheWrite = usage.CacheCreationInputTokens ?? reading.CacheWrite,
                        Output = usage.OutputTokens,
                        Reasoning = usage.OutputTokensDetails?.ThinkingTokens ?? reading.Reasoning,
                    };
                }

                reading = reading with { Text = reading.Text + GetText(streamEvent) };
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            reading = reading with { Failure = exception };
        }

        // Anthropic counts input without cache tokens. A usage record includes them.
        return reading with { Input = reading.Input + (reading.Cached ?? 0) + (reading.CacheWrite ?? 0) };
    }

    private static string? GetText(RawMessageStreamEvent streamEvent)
    {
        if (streamEvent.TryPickContentBlockStart(out RawContentBlockStartEvent? start))
        {
            return start.ContentBlock.TryPickToolUse(out ToolUseBlock? tool) ? $"{tool.Name}(" : null;
        }

        if (streamEvent.TryPickContentBlockDelta(out RawContentBlockDeltaEvent? delta))
        {
            return delta.Delta.TryPickText(out TextDelta? text) ? text.Text
                : delta.Delta.TryPickInputJson(out InputJsonDelta? input) ? $"{input.PartialJson})"
                : null;
        }

        return null;
    }
}
