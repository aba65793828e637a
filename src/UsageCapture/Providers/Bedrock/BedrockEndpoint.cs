namespace UsageCapture.Providers;

/// <summary>Reads the addresses of Amazon Bedrock's runtime, at AWS or at a gateway: <c>/model/{id}/{action}</c>.</summary>
/// <remarks>
/// The id may be an ARN with slashes and colons. Some clients do not escape them, so the id is everything between <c>/model/</c> and
/// the action.
/// </remarks>
internal static class BedrockEndpoint
{
    private const string BeforeModel = "/model/";

    /// <summary>Gets whether an address asks for an action of a model.</summary>
    /// <param name="address">The address.</param>
    /// <param name="action">The action, with its slash.</param>
    public static bool Matches(Uri address, string action) => !GetModel(address, action).IsEmpty;

    /// <summary>Describes an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="action">The action with a response in one piece.</param>
    /// <param name="streamedAction">The action with a streamed response.</param>
    public static UsageEndpoint Describe(Uri address, string action, string streamedAction)
    {
        ReadOnlySpan<char> streamed = GetModel(address, streamedAction);
        ReadOnlySpan<char> model = streamed.IsEmpty ? GetModel(address, action) : streamed;

        // The ids of all embedding models contain "embed". The ARN of a profile or of provisioned throughput hides the model, and chat is
        // the most frequent operation.
        bool isEmbedding = model.Contains("embed", StringComparison.OrdinalIgnoreCase);
        return new UsageEndpoint
        {
            Provider = ProviderNames.Bedrock,
            Operation = isEmbedding ? "embeddings" : "chat",
            Model = model.IsEmpty ? null : Uri.UnescapeDataString(model),
            Streaming = !streamed.IsEmpty,
        };
    }

    /// <summary>Gets the id of the model, as it is escaped in the address; empty when the address does not ask for the action.</summary>
    private static ReadOnlySpan<char> GetModel(Uri address, string action)
    {
        ReadOnlySpan<char> path = AddressParts.GetPath(address);
        if (!path.EndsWith(action, StringComparison.OrdinalIgnoreCase))
        {
            return default;
        }

        path = path[..^action.Length];
        int start = path.LastIndexOf(BeforeModel, StringComparison.OrdinalIgnoreCase);
        return start < 0 ? default : path[(start + BeforeModel.Length)..];
    }
}
