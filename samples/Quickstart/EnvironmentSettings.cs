namespace Quickstart;

/// <summary>What the environment says about where to call.</summary>
internal sealed class EnvironmentSettings
{
    private const string DefaultModel = "gpt-5-mini";

    /// <summary>Gets OpenAI; null without a key for it.</summary>
    public ChatService? OpenAI { get; private init; }

    /// <summary>Gets Azure's v1 endpoint; null without an endpoint and a key.</summary>
    public ChatService? Azure { get; private init; }

    /// <summary>Gets what is missing or makes no sense, as a sentence for people; null when nothing is.</summary>
    public string? Problem { get; private init; }

    public bool HasKeys => OpenAI is not null || Azure is not null;

    public static EnvironmentSettings Read()
    {
        string? azureEndpoint = Value("AZURE_OPENAI_ENDPOINT");
        string? azureKey = Value("AZURE_OPENAI_API_KEY");
        if (azureEndpoint is not null && azureKey is null)
        {
            return Failed("AZURE_OPENAI_ENDPOINT is set, but AZURE_OPENAI_API_KEY is not: set it to a key of that Azure OpenAI resource.");
        }

        if (azureKey is not null && azureEndpoint is null)
        {
            return Failed(
                "AZURE_OPENAI_API_KEY is set, but AZURE_OPENAI_ENDPOINT is not: set it to the address of that Azure OpenAI resource, "
                + "such as https://example.openai.azure.com/.");
        }

        if (azureEndpoint is not null && !IsWebAddress(azureEndpoint))
        {
            return Failed(
                $"AZURE_OPENAI_ENDPOINT is \"{azureEndpoint}\", which is not an address: it should look like "
                + "https://example.openai.azure.com/.");
        }

        return new EnvironmentSettings
        {
            OpenAI = Value("OPENAI_API_KEY") is { } key
                ? new ChatService(new Uri("https://api.openai.com/v1"), key, Value("OPENAI_MODEL") ?? DefaultModel)
                : null,
            Azure = azureEndpoint is not null && azureKey is not null
                ? new ChatService(Version1(azureEndpoint), azureKey, Value("AZURE_OPENAI_DEPLOYMENT") ?? DefaultModel)
                : null,
        };
    }

    private static EnvironmentSettings Failed(string problem) => new() { Problem = problem };

    private static string? Value(string name) =>
        Environment.GetEnvironmentVariable(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    private static bool IsWebAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp);

    // Of the endpoint only the host counts: some pages of the portal show it with a path, this one or another.
    private static Uri Version1(string endpoint) => new(new Uri(endpoint), "/openai/v1/");
}
