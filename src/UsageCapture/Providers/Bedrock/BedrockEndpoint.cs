namespace UsageCapture.Providers;

/// <summary>Reads the addresses of Amazon Bedrock's runtime, at AWS or at a gateway: <c>/model/{id}/{action}</c>.</summary>
/// <remarks>
/// The id may be an ARN (the AWS name of a resource) with slashes and colons. Some clients do not escape them, so the id is everything
/// between <c>/model/</c> and the action.
/// </remarks>
internal static class BedrockEndpoint
{
    private const string ModelPrefix = "/model/";

    /// <summary>Gets whether an address is that of a model's action.</summary>
    /// <param name="address">The address.</param>
    /// <param name="actionPath">The end of the path, such as <c>/converse</c>.</param>
    public static bool Matches(Uri address, string actionPath) => !GetModel(address, actionPath).IsEmpty;

    /// <summary>Describes an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="actionPath">The end of the path for a response that is not streamed.</param>
    /// <param name="streamedActionPath">The end of the path for a streamed response.</param>
    public static UsageEndpoint Describe(Uri address, string actionPath, string streamedActionPath)
    {
        ReadOnlySpan<char> streamedModel = GetModel(address, streamedActionPath);
        bool isStreamed = !streamedModel.IsEmpty;
        ReadOnlySpan<char> model = isStreamed ? streamedModel : GetModel(address, actionPath);

        // The ids of all embedding models contain "embed". The ARN of a resource such as an inference profile does not always contain the
        // model's id. Then chat is assumed, because it is the most frequent operation.
        bool isEmbedding = model.Contains("embed", StringComparison.OrdinalIgnoreCase);
        return new UsageEndpoint
        {
            Provider = ProviderNames.Bedrock,
            Operation = isEmbedding ? "embeddings" : "chat",
            Model = model.IsEmpty ? null : Uri.UnescapeDataString(model),
            Region = AddressRegion.Find(address),
            Streaming = isStreamed,
        };
    }

    /// <summary>Gets the id of the model, with the escapes of the address; empty when the address is not that of the action.</summary>
    private static ReadOnlySpan<char> GetModel(Uri address, string actionPath)
    {
        ReadOnlySpan<char> path = AddressParts.GetPath(address);
        if (!path.EndsWith(actionPath, StringComparison.OrdinalIgnoreCase))
        {
            return default;
        }

        path = path[..^actionPath.Length];
        int prefixStart = path.LastIndexOf(ModelPrefix, StringComparison.OrdinalIgnoreCase);
        return prefixStart < 0 ? default : path[(prefixStart + ModelPrefix.Length)..];
    }
}
