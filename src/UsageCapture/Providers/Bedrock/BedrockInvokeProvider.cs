namespace UsageCapture.Providers;

/// <summary>Amazon Bedrock's InvokeModel and InvokeModelWithResponseStream operations. Each model has its own format there.</summary>
internal sealed class BedrockInvokeProvider : UsageProvider
{
    private const string ActionPath = "/invoke";
    private const string StreamedActionPath = "/invoke-with-response-stream";

    public override string Protocol => "bedrock-invoke";

    public override bool Matches(Uri address) =>
        BedrockEndpoint.Matches(address, ActionPath) || BedrockEndpoint.Matches(address, StreamedActionPath);

    public override UsageEndpoint Describe(Uri address) => BedrockEndpoint.Describe(address, ActionPath, StreamedActionPath);

    // There is no MatchesResponse: each model has its own format, so a response does not show that it comes from this API.
    public override UsageReader CreateReader() => new BedrockInvokeReader();
}
