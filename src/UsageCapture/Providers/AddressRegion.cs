namespace UsageCapture.Providers;

/// <summary>Finds the region of a provider in the address of a call, for <see cref="UsageEndpoint.Region"/>.</summary>
/// <remarks>
/// Prices depend on the region: OpenAI, xAI, Amazon and Google charge more where they guarantee one. The hosts are those of the providers'
/// own references. One host serves several APIs, such as Bedrock's own and OpenAI's, so the rules are here and not in the file of one API.
/// </remarks>
internal static class AddressRegion
{
    private const string GoogleLocationMarker = "/locations/";
    private const string ArnPrefix = "arn:aws";

    // The region is the label of the host between the two texts. An empty first text matches wherever a label begins.
    private static readonly (string Before, string After)[] HostPatterns =
    [
        ("", ".api.openai.com"), // eu.api.openai.com
        ("", ".api.x.ai"), // us.api.x.ai
        ("api.", ".mistral.ai"), // api.eu.mistral.ai
        ("bedrock-runtime.", ".amazonaws.com"),
        ("bedrock-runtime-fips.", ".amazonaws.com"),
        ("bedrock-runtime.", ".vpce.amazonaws.com"), // vpce-1.bedrock-runtime.us-east-1.vpce.amazonaws.com
        ("bedrock-runtime-fips.", ".vpce.amazonaws.com"),
        ("bedrock-runtime.", ".api.aws"),
        ("bedrock-runtime-fips.", ".api.aws"),
        ("bedrock-mantle.", ".api.aws"),
        ("aws-external-anthropic.", ".api.aws"), // Anthropic's own platform at AWS
        ("", "-aiplatform.googleapis.com"), // us-central1-aiplatform.googleapis.com
        ("aiplatform.", ".rep.googleapis.com"), // aiplatform.eu.rep.googleapis.com
        ("", ".api.cognitive.microsoft.com"), // eastus.api.cognitive.microsoft.com
        ("", ".models.ai.azure.com"), // my-model.eastus2.models.ai.azure.com
        ("", ".inference.ai.azure.com"),
        ("", ".inference.ml.azure.com"),
        ("", ".ml.cloud.ibm.com"), // us-south.ml.cloud.ibm.com
        ("inference.generativeai.", ".oci.oraclecloud.com"),
        ("", ".aws.ml.hana.ondemand.com"), // api.ai.prod.eu-central-1.aws.ml.hana.ondemand.com
        ("", ".dashscope.aliyuncs.com"), // cn-hongkong.dashscope.aliyuncs.com
        ("", ".maas.aliyuncs.com"), // my-workspace.ap-southeast-1.maas.aliyuncs.com
    ];

    // Hosts whose name is not that of the region, or that have other subdomains too.
    private static readonly (string Host, string Region)[] Hosts =
    [
        ("dashscope.aliyuncs.com", "cn-beijing"),
        ("dashscope-intl.aliyuncs.com", "ap-southeast-1"),
        ("dashscope-us.aliyuncs.com", "us-east-1"),
        ("eu.openrouter.ai", "eu"),
        ("us.openrouter.ai", "us"),
    ];

    /// <summary>Gets the region in an address, as the address spells it; null when it has none.</summary>
    /// <remarks>The path of Vertex AI names the location that serves the call. It takes precedence over the host, which may be global.</remarks>
    public static string? Find(Uri address) => FindGoogleLocation(address) ?? FindInHost(address.Host);

    /// <summary>Gets the region that a Bedrock model id or ARN names; null when it names none.</summary>
    /// <param name="model">The id of a model, of an inference profile such as <c>us.anthropic.claude-sonnet-4-5</c>, or an ARN of either.</param>
    /// <remarks>
    /// The prefix of a profile is the region that the price depends on: Amazon may serve the call in any of its regions. An ARN without such a
    /// prefix names the region of the resource.
    /// </remarks>
    public static string? FindInBedrockModel(string? model)
    {
        if (model is null)
        {
            return null;
        }

        string id = model[(model.LastIndexOf('/') + 1)..];
        int dot = id.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0 && IsProfilePrefix(id.AsSpan(0, dot)))
        {
            return id[..dot];
        }

        // arn:partition:service:region:account:resource
        string[] parts = model.Split(':', 5);
        return model.StartsWith(ArnPrefix, StringComparison.Ordinal) && parts.Length == 5 && parts[3].Length > 0 ? parts[3] : null;
    }

    // Two letters (us, eu, jp, au), or one of these three. Models begin with the name of their company, which is longer.
    private static bool IsProfilePrefix(ReadOnlySpan<char> prefix) =>
        prefix is "apac" or "global" or "us-gov"
        || (prefix.Length == 2 && char.IsAsciiLetterLower(prefix[0]) && char.IsAsciiLetterLower(prefix[1]));

    // /v1/projects/{project}/locations/{location}/publishers/…
    private static string? FindGoogleLocation(Uri address) =>
        address.AbsolutePath.Contains("/projects/", StringComparison.OrdinalIgnoreCase)
            ? AddressParts.GetSegmentAfter(address, GoogleLocationMarker)
            : null;

    private static string? FindInHost(string host)
    {
        foreach ((string name, string region) in Hosts)
        {
            if (host.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return region;
            }
        }

        foreach ((string before, string after) in HostPatterns)
        {
            if (FindLabel(host, before, after) is { } region)
            {
                return region;
            }
        }

        return null;
    }

    /// <summary>Gets the label of a host that is between two texts; null when the host does not have both, or something else between them.</summary>
    private static string? FindLabel(string host, string before, string after)
    {
        if (!host.EndsWith(after, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        ReadOnlySpan<char> rest = host.AsSpan(0, host.Length - after.Length);
        int labelStart = rest.LastIndexOf('.') + 1;
        bool hasTextBefore = rest[..labelStart].EndsWith(before, StringComparison.OrdinalIgnoreCase)
            && (labelStart == before.Length || before.Length == 0 || rest[labelStart - before.Length - 1] == '.');
        return hasTextBefore && labelStart < rest.Length ? rest[labelStart..].ToString() : null;
    }
}
