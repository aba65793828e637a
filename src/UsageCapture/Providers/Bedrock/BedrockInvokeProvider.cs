namespace UsageCapture.Providers;

/// <summary>Amazon Bedrock's InvokeModel and InvokeModelWithResponseStream: each model with its own format.</summary>
internal sealed class BedrockInvokeProvider : UsageProvider
{
    private const string Action = "/invoke";
    private const string StreamedAction = "/invoke-with-response-stream";

    public override string Protocol => "bedrock-invoke";

    public override bool Matches(Uri address) =>
        BedrockEndpoint.Matches(address, Action) || BedrockEndpoint.Matches(address, StreamedAction);

    public override UsageEndpoint Describe(Uri address) => BedrockEndpoint.Describe(address, Action, StreamedAction);

    public override UsageReader CreateReader() => new BedrockInvokeReader();
}
