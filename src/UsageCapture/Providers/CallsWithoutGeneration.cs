namespace UsageCapture.Providers;

/// <summary>Tells which POST requests to language-model APIs make no model generate, so that they leave no record.</summary>
/// <remarks>
/// Some of them answer with a stored response, whose usage was recorded when it was generated: an update of its metadata, a cancellation.
/// Others count tokens or manage files, batches and models. Only addresses that no provider matches are checked.
/// </remarks>
internal static class CallsWithoutGeneration
{
    // Names at the end of the path: its last segment, or the method after a colon in it, such as ":countTokens".
    private static readonly string[] Actions =
    [
        "cancel", "count_tokens", "count-tokens", "input_tokens", "countTokens", "computeTokens", "tokenize", "detokenize",
        "moderations", "models", "cachedContents", "classifications",
    ];

    // Segments anywhere in the path. A call to one of these collections stores or manages something.
    private static readonly string[] ManagedCollections = ["batches", "files", "uploads", "vector_stores", "fine_tuning", "evals"];

    // The collections of stored results. A last segment after one of them is usually the id of a result.
    private static readonly string[] ResultCollections = ["completions", "responses", "runs", "conversations", "interactions"];

    // The last segments after such a collection that are not ids, but make a model generate. APIs of other services have them.
    private static readonly string[] GeneratingActions = ["stream", "wait", "compact"];

    // Ollama's calls that manage models, at /api/{action}.
    private static readonly string[] OllamaActions = ["show", "create", "copy", "delete", "pull", "push", "ps", "tags", "version"];

    /// <summary>Gets whether a POST request to an address makes no model generate.</summary>
    public static bool Includes(Uri address)
    {
        string[] segments = AddressParts.GetPath(address).ToString().Split('/');
        string lastSegment = segments[^1];
        string action = lastSegment[(lastSegment.LastIndexOf(':') + 1)..];
        string parent = segments.Length > 1 ? segments[^2] : "";
        return ContainsIgnoringCase(Actions, action)
            || Array.Exists(segments, segment => ContainsIgnoringCase(ManagedCollections, segment))
            || (ContainsIgnoringCase(ResultCollections, parent) && !ContainsIgnoringCase(GeneratingActions, action))
            || (parent.Equals("api", StringComparison.OrdinalIgnoreCase) && ContainsIgnoringCase(OllamaActions, lastSegment))
            || StoresMessages(segments);
    }

    // POST /conversations/{id}/items stores messages.
    private static bool StoresMessages(string[] segments) =>
        segments is [.., "conversations", _, "items"];

    // Gateways change the case of paths.
    private static bool ContainsIgnoringCase(string[] names, string name) => Array.Exists(names, known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
}
