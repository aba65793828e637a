using System.Text.Json.Nodes;

using UsageCapture.Testing;

namespace Quickstart;

/// <summary>An answer in the wire format of chat completions, whole or in chunks. Each word is a token.</summary>
internal sealed class ScriptedAnswer(ChatDialect dialect, string id, string text, int promptTokens, int cachedTokens)
{
    private readonly string[] _tokens = [.. text.Split(' ').Select((word, index) => index == 0 ? word : $" {word}")];

    public JsonObject Whole()
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = text, ["refusal"] = null };
        return new JsonObject
        {
            ["id"] = id,
            ["object"] = "chat.completion",
            ["created"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(),
            ["model"] = dialect.Model,
            ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["message"] = message, ["finish_reason"] = "stop" }),
            ["usage"] = Usage(),
        };
    }

    /// <summary>Makes a stream. Only a caller who asked for usage is told: in one chunk more, the last.</summary>
    public Recording Streamed(bool includeUsage)
    {
        ChatStream stream = ChatStream.Create(dialect.Model).Text(_tokens).Finish("stop");
        if (dialect.IsAzure)
        {
            stream.PromptFilterResults();
        }

        if (includeUsage)
        {
            stream.Usage(
                promptTokens, _tokens.Length, dialect.ReportsDetails ? cachedTokens : null, reasoning: dialect.ReportsDetails ? 0 : null);
        }

        return stream.ToRecording();
    }

    private JsonObject Usage()
    {
        var usage = new JsonObject
        {
            ["prompt_tokens"] = promptTokens,
            ["completion_tokens"] = _tokens.Length,
            ["total_tokens"] = promptTokens + _tokens.Length,
        };
        if (dialect.ReportsDetails)
        {
            usage["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = cachedTokens, ["audio_tokens"] = 0 };
            usage["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = 0, ["audio_tokens"] = 0 };
        }

        return usage;
    }
}
