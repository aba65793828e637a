using UsageCapture.Providers;

namespace UsageCapture.Tests.Providers;

/// <summary>The region in each host that has one, and in hosts that differ from it. <see cref="AddressRegionTests"/> has whole calls.</summary>
public sealed class AddressRegionHostTests
{
    // "*" is the place of the region. A label may be before the text.
    private static readonly string[] Hosts =
    [
        "*.api.openai.com", "*.api.x.ai", "api.*.mistral.ai",
        "bedrock-runtime.*.amazonaws.com", "bedrock-runtime-fips.*.amazonaws.com",
        "bedrock-runtime.*.api.aws", "bedrock-runtime-fips.*.api.aws", "bedrock-mantle.*.api.aws", "aws-external-anthropic.*.api.aws",
        "aiplatform.*.rep.googleapis.com", "*.api.cognitive.microsoft.com",
        "*.models.ai.azure.com", "*.inference.ai.azure.com", "*.inference.ml.azure.com",
        "*.ml.cloud.ibm.com", "inference.generativeai.*.oci.oraclecloud.com", "*.aws.ml.hana.ondemand.com",
        "*.dashscope.aliyuncs.com", "*.maas.aliyuncs.com",
    ];

    [Fact]
    public void Region_OfAHost_IsTheLabelBetweenTheTwoTexts() => Assert.All(Hosts, host =>
    {
        string withRegion = host.Replace("*", "mars-1", StringComparison.Ordinal);

        Assert.Equal("mars-1", Find(withRegion));
        Assert.Equal("mars-1", Find("a." + withRegion));
        Assert.Equal("mars-1", Find(host.ToUpperInvariant().Replace("*", "mars-1", StringComparison.Ordinal)));
        Assert.Null(Find(withRegion + ".example"));
        Assert.Null(Find(host.Replace("*.", "mars-1", StringComparison.Ordinal))); // Without the dot.
    });

    [Fact]
    public void Region_OfAHostWithAnotherTextBeforeTheLabel_IsNone() => Assert.All(
        Hosts.Where(host => host[0] != '*'),
        host =>
        {
            string withRegion = host.Replace("*", "mars-1", StringComparison.Ordinal);

            Assert.Null(Find("a" + withRegion));
            Assert.Null(Find(withRegion[1..]));
            Assert.Null(Find(host[(host.IndexOf('*', StringComparison.Ordinal) + 2)..])); // Nothing before.
            Assert.Null(Find(host.Replace("*", "a.mars-1", StringComparison.Ordinal)));
            Assert.Null(Find("a." + host.Replace("*.", "", StringComparison.Ordinal)));
        });

    [Theory]
    [InlineData("dashscope.aliyuncs.com", "cn-beijing")]
    [InlineData("DashScope-intl.aliyuncs.com", "ap-southeast-1")]
    [InlineData("dashscope-us.aliyuncs.com", "us-east-1")]
    [InlineData("dashscope-eu.aliyuncs.com", null)]
    [InlineData("vpce-1.bedrock-runtime.mars-1.vpce.amazonaws.com", "mars-1")]
    [InlineData("vpce-1.bedrock-runtime-fips.mars-1.vpce.amazonaws.com", "mars-1")]
    [InlineData("eu.openrouter.ai", "eu")]
    [InlineData("us.openrouter.ai", "us")]
    [InlineData("ca.openrouter.ai", null)]
    [InlineData("a.us.openrouter.ai", null)]
    [InlineData("us-central1-aiplatform.googleapis.com", "us-central1")]
    [InlineData("aiplatform.googleapis.com", null)]
    [InlineData("-aiplatform.googleapis.com", null)]
    [InlineData("api.openai.com", null)]
    [InlineData("example.com", null)]
    public void Region_OfAHostWithAnotherRule_IsItsOwn(string host, string? expected) => Assert.Equal(expected, Find(host));

    [Theory]
    [InlineData("projects/p/locations/europe-west1/x", "europe-west1")]
    [InlineData("Projects/p/Locations/europe%2Dwest1/x", "europe-west1")]
    [InlineData("projects/p/locations/europe-west1", null)] // The operation must follow.
    [InlineData("projects/p/locations//x", null)]
    [InlineData("projectsx/p/locations/europe-west1/x", null)]
    [InlineData("project/p/locations/europe-west1/x", null)]
    [InlineData("projects/p/location/europe-west1/x", null)]
    public void Region_OfAPath_IsTheLocationOfAProject(string path, string? expected) => Assert.Equal(expected, Find("gateway.example/" + path));

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("us.x", "us")]
    [InlineData("zz.x", "zz")]
    [InlineData("apac.x", "apac")]
    [InlineData("global.x", "global")]
    [InlineData("us-gov.x", "us-gov")]
    [InlineData("us-go.x", null)]
    [InlineData("usa.x", null)]
    [InlineData("u.x", null)]
    [InlineData(".x", null)]
    [InlineData("us", null)]
    [InlineData("Us.x", null)]
    [InlineData("uS.x", null)]
    [InlineData("u1.x", null)]
    [InlineData("1u.x", null)]
    [InlineData("xapac.x", null)]
    [InlineData("a/us.x", "us")]
    [InlineData("arn:aws:bedrock:eu-west-3:1:p/x.y", "eu-west-3")]
    [InlineData("arn:aws:bedrock:eu-west-3:1", "eu-west-3")]
    [InlineData("arn:aws-cn:bedrock:cn-north-1:1:p/x", "cn-north-1")]
    [InlineData("arn:aws:bedrock:eu-west-3:1:p/jp.y", "jp")]
    [InlineData("arn:aws:bedrock::1:p/x", null)]
    [InlineData("arn:aws:bedrock:eu-west-3", null)]
    [InlineData("arn:azure:bedrock:eu-west-3:1:p/x", null)]
    [InlineData("a:b:c:d:e", null)]
    public void Region_OfABedrockModel_IsItsPrefixOrElseThatOfItsArn(string? model, string? expected) =>
        Assert.Equal(expected, AddressRegion.FindInBedrockModel(model));

    private static string? Find(string hostAndPath) => AddressRegion.Find(new Uri("https://" + hostAndPath));
}
