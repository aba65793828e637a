using UsageCapture.Decoding;

namespace UsageCapture.Tests;

public sealed class UsageProviderTests
{
    [Fact]
    public void Provider_ThatOverridesOnlyWhatItMust_HasTheDocumentedDefaults()
    {
        var provider = new SmallProvider();

        Assert.False(provider.StreamsByDefault);
        Assert.Null(provider.RequestOption);
        Assert.True(provider.AcceptsRequestOption(provider.Describe(new Uri("https://host/"))));
        Assert.Null(provider.ResponseFields);
        Assert.False(provider.MatchesResponse(new UsageDocument(new JsonCaptures(), new UsageFields())));
        Assert.Empty(provider.InputMembers);
    }

    [Fact]
    public void Reader_ThatOverridesOnlyWhatItMust_HasTheDocumentedDefaults()
    {
        var reader = new SmallReader();

        Assert.True(reader.Terminator.IsEmpty);
        Assert.False(reader.HasInBandEndMarker);
        Assert.False(reader.AllowsNonJsonBody);
    }

    private sealed class SmallProvider : UsageProvider
    {
        public override string Protocol => "small";

        public override bool Matches(Uri address) => true;

        public override UsageEndpoint Describe(Uri address) => new() { Provider = "small", Operation = "chat" };

        public override UsageReader CreateReader() => new SmallReader();
    }

    private sealed class SmallReader() : UsageReader(new UsageFields())
    {
        public override void Read(UsageDocument document, UsageReport report)
        {
        }
    }
}
