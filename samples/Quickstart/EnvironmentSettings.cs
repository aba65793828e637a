namespace Quickstart;

/// <summary>The services to call, read from environment variables.</summary>
internal sealed class EnvironmentSettings
{
    private const string DefaultModel = "gpt-5-mini"; // Cheap, and able to answer the questions.

    /// <summary>Gets the OpenAI service; null if OPENAI_API_KEY is not set.</summary>
    public ChatService? OpenAI { get; private init; }

    /// <summary>Gets the Azure OpenAI service; null if neither its endpoint nor its key is set.</summary>
    public ChatService? Azure { get; private init; }

    /// <summary>Gets a message about a missing or invalid variable; null if there is no problem.</summary>
    public string? Problem { get; private init; }

    public bool HasKeys => OpenAI is not null || Azure is not null;

    /// <summary>Reads the variables. If one of them is wrong, only <see cref="Problem"/> is set.</summary>
    public static EnvironmentSettings Read()
    {
        string? azureEndpoint = GetVariable("AZURE_OPENAI_ENDPOINT");
        string? azureKey = GetVariable("AZURE_OPENAI_API_KEY");
        if (azureEndpoint is not null && azureKey is null)
        {
            return WithProblem(
                "AZURE_OPENAI_ENDPOINT is set, but AZURE_OPENAI_API_KEY is not. Set it to a key of that Azure OpenAI resource.");
        }

        if (azureKey is not null && azureEndpoint is null)
        {
            return WithProblem(
                "AZURE_OPENAI_API_KEY is set, but AZURE_OPENAI_ENDPOINT is not. Set it to the address of that Azure OpenAI resource, "
                + "such as https://example.openai.azure.com/.");
        }

        if (azureEndpoint is not null && !IsWebAddress(azureEndpoint))
        {
            return WithProblem(
                $"AZURE_OPENAI_ENDPOINT is \"{azureEndpoint}\", which is not a web address. Set it to an address "
                + "such as https://example.openai.azure.com/.");
        }

        return new EnvironmentSettings
        {
            OpenAI = GetVariable("OPENAI_API_KEY") is { } key
                ? new ChatService(new Uri("https://api.openai.com/v1"), key, GetVariable("OPENAI_MODEL") ?? DefaultModel)
                : null,
            Azure = azureEndpoint is not null && azureKey is not null
                ? new ChatService(GetVersion1Address(azureEndpoint), azureKey, GetVariable("AZURE_OPENAI_DEPLOYMENT") ?? DefaultModel)
                : null,
        };
    }

    private static EnvironmentSettings WithProblem(string problem) => new() { Problem = problem };

    private static string? GetVariable(string name) =>
        Environment.GetEnvironmentVariable(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    private static bool IsWebAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp);

    // Some pages of the Azure portal show the endpoint with a path, so only its host is used.
    private static Uri GetVersion1Address(string endpoint) => new(new Uri(endpoint), "/openai/v1/");
}
