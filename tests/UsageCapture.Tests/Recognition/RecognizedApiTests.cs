using UsageCapture.Providers;
using UsageCapture.Recognition;

namespace UsageCapture.Tests.Recognition;

/// <summary>A provider of the user's own that breaks its contract is named in the exception, which the handler logs.</summary>
public sealed class RecognizedApiTests
{
    private static readonly Uri Address = new("https://acme.example/ask");
    private static readonly UsageEndpoint Endpoint = new() { Provider = "acme", Operation = "chat" };

    [Fact]
    public void Describe_OfAProviderThatReturnsNull_NamesTheMember()
    {
        var noExclusions = new UsageRequestOption { Path = "a", ExcludedBy = null! };
        (string Member, AcmeProvider Provider)[] cases =
        [
            ("Describe of", new(null)),
            ("Describe().Provider of", new(Endpoint with { Provider = null! })),
            ("Describe().Operation of", new(Endpoint with { Operation = null! })),
            ("RequestOption.ExcludedBy of", new(Endpoint) { Option = noExclusions }),
            ("Protocol of", new(Endpoint) { Name = null }),
        ];

        Assert.All(cases, item => Assert.Equal(
            $"{item.Member} AcmeProvider returned null. Return a value.",
            Assert.Throws<InvalidOperationException>(() => RecognizedApi.Describe(item.Provider, Address)).Message));
        Assert.StartsWith(
            "CreateReader of AcmeProvider",
            Assert.Throws<InvalidOperationException>(() => RecognizedApi.Describe(new AcmeProvider(Endpoint), Address).CreateReader()).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("aws.bedrock", "eu.x", "eu")]
    [InlineData("aws.bedrock", "x", "here")]
    [InlineData("aws.bedrock", null, "here")]
    [InlineData("acme", "eu.x", "here")]
    public void Region_OfAModel_CountsAtAmazonOnly(string provider, string? model, string expected) => Assert.Equal(
        expected, RecognizedApi.Describe(new AcmeProvider(Endpoint with { Provider = provider, Region = "here" }), Address).GetRegion(model));

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(false, false, false)]
    public void StreamsByDefault_IsThatOfTheAddressOrTheApi(bool ofAddress, bool ofApi, bool expected) => Assert.Equal(
        expected, RecognizedApi.Describe(new AcmeProvider(Endpoint with { Streaming = ofAddress }) { Streams = ofApi }, Address).StreamsByDefault);

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    public void AcceptsRequestOption_NeedsTheOptionAndAnEndpointThatAcceptsIt(bool hasOption, bool accepts, bool expected)
    {
        var provider = new AcmeProvider(Endpoint) { Option = hasOption ? new UsageRequestOption { Path = "a" } : null, Accepts = accepts };

        Assert.Equal(expected, RecognizedApi.Describe(provider, Address).AcceptsUsageOption);
    }

    [Fact]
    public void InputMembers_AreNotNeededWhereTheAddressIsTrusted()
    {
        var provider = new ChatCompletionsProvider();

        Assert.Equal(["messages"], RecognizedApi.Describe(provider, Address, trustsAddress: false).InputMembers);
        Assert.Empty(RecognizedApi.Describe(provider, Address).InputMembers);
    }

    private sealed class AcmeProvider(UsageEndpoint? endpoint) : UsageProvider
    {
        public string? Name { get; init; } = "acme";

        public UsageRequestOption? Option { get; init; }

        public bool Accepts { get; init; }

        public bool Streams { get; init; }

        public override string Protocol => Name!;

        public override UsageRequestOption? RequestOption => Option;

        public override bool StreamsByDefault => Streams;

        public override bool AcceptsRequestOption(UsageEndpoint endpoint) => Accepts;

        public override bool Matches(Uri address) => true;

        public override UsageEndpoint Describe(Uri address) => endpoint!;

        public override UsageReader CreateReader() => null!;
    }
}
