using System.Text.Json.Nodes;

namespace UsageCapture.Testing.SyntheticStreams;

/// <summary>The first chunk of a chat completion of Azure: the results of the content filter for the prompt.</summary>
internal static class PromptFilterChunk
{
    /// <summary>Creates the chunk. As in Azure, it has no choices, and the id, the model and other texts are empty.</summary>
    public static JsonObject Create() => new()
    {
        ["choices"] = new JsonArray(),
        ["created"] = 0,
        ["id"] = "",
        ["model"] = "",
        ["object"] = "",
        ["prompt_filter_results"] = new JsonArray(new JsonObject
        {
            ["prompt_index"] = 0,
            ["content_filter_results"] = new JsonObject { ["violence"] = new JsonObject { ["filtered"] = false, ["severity"] = "safe" } },
        }),
    };
}
