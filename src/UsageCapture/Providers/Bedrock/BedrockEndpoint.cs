namespace UsageCapture.Providers;

/// <summary>What the addresses of Amazon Bedrock's runtime say, at AWS or at a gateway that passes them on: <c>/model/{id}/{action}</c>.</summary>
/// <remarks>
/// The id may be an ARN with escaped slashes and colons, and some clients send it unescaped, so that it is all that stands between
/// <c>/model/</c> and the action.
/// </remarks>
internal static class BedrockEndpoint
{
    private const string BeforeModel = "/model/";

    /// <summary>Gets whether an address asks a model for that.</summary>
    /// <param name="address">The address.</param>
    /// <param name="action">The action, from its slash on.</param>
    public static bool Matches(Uri address, string action) => !ModelOf(address, action).IsEmpty;

    /// <summary>Tells what an address says.</summary>
    /// <param name="address">The address.</param>
    /// <param name="action">The action that is answered in one piece.</param>
    /// <param name="streamedAction">The action that is answered by a stream.</param>
    public static UsageEndpoint Describe(Uri address, string action, string streamedAction)
    {
        ReadOnlySpan<char> streamed = ModelOf(address, streamedAction);
        ReadOnlySpan<char> model = streamed.IsEmpty ? ModelOf(address, action) : streamed;

        // All models that make embeddings say so in their ids. Behind the ARN of a profile or of provisioned throughput nobody knows
        // what stands, and it is put down as a chat.
        string operation = model.Contains("embed", StringComparison.OrdinalIgnoreCase) ? "embeddings" : "chat";
        return new UsageEndpoint(ProviderNames.Bedrock, operation)
        {
            Model = model.IsEmpty ? null : Uri.UnescapeDataString(model),
            Streaming = !streamed.IsEmpty,
        };
    }

    private static ReadOnlySpan<char> ModelOf(Uri address, string action)
    {
        ReadOnlySpan<char> path = AddressParts.Path(address);
        if (!path.EndsWith(action, StringComparison.OrdinalIgnoreCase))
        {
            return default;
        }

        path = path[..^action.Length];
        int start = path.LastIndexOf(BeforeModel, StringComparison.OrdinalIgnoreCase);
        return start < 0 ? default : path[(start + BeforeModel.Length)..];
    }
}
