namespace UsageCapture.Providers;

/// <summary>Tells which POST requests to language-model APIs make no model generate, so that they leave no record.</summary>
/// <remarks>
/// Some of them answer with a stored response, whose usage was recorded when it was generated: an update of its metadata, a cancellation.
/// Others count tokens or manage files, batches and models. Only addresses that no provider matches are checked.
/// </remarks>
internal static class CallsWithoutGeneration
{
    // The last segment of the path, or the method after its colon.
    private static readonly string[] Actions =
    [
        "cancel", "count_tokens", "count-tokens", "input_tokens", "countTokens", "computeTokens", "tokenize", "detokenize",
        "moderations", "models", "cachedContents", "classifications",
    ];

    // A collection anywhere in the path.
    private static readonly string[] Collections = ["batches", "files", "uploads", "vector_stores", "fine_tuning", "evals"];

    // The collections of stored results. A segment after one of them is the id of a result.
    private static readonly string[] Results = ["completions", "responses", "runs", "conversations", "interactions"];

    // The last segments after a collection of results that make a model generate, in APIs of other services.
    private static readonly string[] Generations = ["stream", "wait", "compact"];

    // Ollama's calls that manage models.
    private static readonly string[] OllamaActions = ["show", "create", "copy", "delete", "pull", "push", "ps", "tags", "version"];

    /// <summary>Gets whether a POST request to an address makes no model generate.</summary>
    public static bool Includes(Uri address)
    {
        string[] segments = AddressParts.GetPath(address).ToString().Split('/');
        string last = segments[^1];
        string action = last[(last.LastIndexOf(':') + 1)..];
        string parent = segments.Length > 1 ? segments[^2] : "";
        return Has(Actions, action)
            || Array.Exists(segments, segment => Has(Collections, segment))
            || (Has(Results, parent) && !Has(Generations, action))
            || (parent.Equals("api", StringComparison.OrdinalIgnoreCase) && Has(OllamaActions, last))
            || IsPartOfConversation(segments);
    }

    // POST /conversations/{id}/items stores messages.
    private static bool IsPartOfConversation(string[] segments) =>
        segments is [.., "conversations", _, "items"];

    private static bool Has(string[] names, string name) => Array.Exists(names, known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
}
