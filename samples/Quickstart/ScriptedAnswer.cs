using System.Text.Json.Nodes;

namespace Quickstart;

/// <summary>An answer in the wire format of chat completions, whole or in chunks. Each word is a token.</summary>
internal sealed class ScriptedAnswer(ChatDialect dialect, string id, string text, int promptTokens, int cachedTokens)
{
    private readonly string[] _tokens = [.. text.Split(' ').Select((word, index) => index == 0 ? word : $" {word}")];
    private readonly long _created = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    public JsonObject Whole()
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = text, ["refusal"] = null };
        var choice = new JsonObject { ["index"] = 0, ["message"] = message, ["finish_reason"] = "stop" };
        JsonObject completion = Named("chat.completion", choice);
        completion["usage"] = Usage();
        return completion;
    }

    /// <summary>Gets the chunks of the stream. Only a caller who asked for usage is told: in one chunk more, the last.</summary>
    public IEnumerable<JsonObject> Chunks(bool includeUsage)
    {
        if (dialect.IsAzure)
        {
            yield return PromptVerdict();
        }

        yield return Chunk(new JsonObject { ["role"] = "assistant", ["content"] = "" }, finishReason: null, includeUsage);
        foreach (string token in _tokens)
        {
            yield return Chunk(new JsonObject { ["content"] = token }, finishReason: null, includeUsage);
        }

        yield return Chunk([], "stop", includeUsage);
        if (includeUsage)
        {
            JsonObject last = Named("chat.completion.chunk");
            last["usage"] = Usage();
            yield return last;
        }
    }

    private static JsonObject PromptVerdict() => new()
    {
        ["choices"] = new JsonArray(),
        ["created"] = 0,
        ["id"] = "",
        ["model"] = "",
        ["object"] = "",
        ["prompt_filter_results"] = new JsonArray(new JsonObject
        {
            ["prompt_index"] = 0,
            ["content_filter_results"] = new JsonObject
            {
                ["jailbreak"] = new JsonObject { ["detected"] = false, ["filtered"] = false },
                ["violence"] = new JsonObject { ["filtered"] = false, ["severity"] = "safe" },
            },
        }),
    };

    private JsonObject Chunk(JsonObject delta, string? finishReason, bool includeUsage)
    {
        JsonObject chunk = Named(
            "chat.completion.chunk", new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finishReason });
        if (includeUsage)
        {
            chunk["usage"] = null;
        }

        return chunk;
    }

    private JsonObject Named(string kind, params JsonNode[] choices) => new()
    {
        ["id"] = id,
        ["object"] = kind,
        ["created"] = _created,
        ["model"] = dialect.Model,
        ["choices"] = new JsonArray(choices),
    };

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
