using System.Text.Json.Nodes;

using UsageCapture.Testing;

namespace Quickstart;

/// <summary>A scripted response in the format of the Chat Completions API, as JSON or as a stream. Each word counts as one token.</summary>
/// <param name="dialect">The service that the response imitates.</param>
/// <param name="id">The id of the JSON response. Streams have a fixed one.</param>
/// <param name="text">The answer.</param>
/// <param name="promptTokens">The input tokens, cached ones included.</param>
/// <param name="cachedTokens">The input tokens that were read from the cache.</param>
internal sealed class ScriptedResponse(ChatDialect dialect, string id, string text, int promptTokens, int cachedTokens)
{
    // As in real tokenizers, the space before a word is part of its token.
    private readonly string[] _tokens = [.. text.Split(' ').Select((word, index) => index == 0 ? word : $" {word}")];

    /// <summary>Creates the body of a response that is not streamed. It always reports usage.</summary>
    public JsonObject CreateJson()
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = text, ["refusal"] = null };
        return new JsonObject
        {
            ["id"] = id,
            ["object"] = "chat.completion",
            ["created"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(),
            ["model"] = dialect.Model,
            ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["message"] = message, ["finish_reason"] = "stop" }),
            ["usage"] = CreateUsage(),
        };
    }

    /// <summary>Creates a stream. If usage was requested, one more chunk at the end reports it.</summary>
    public Recording CreateStream(bool includeUsage)
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

    private JsonObject CreateUsage()
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
