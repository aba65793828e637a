namespace UsageCapture.Tests;

public sealed class RequestOptionKeyTests
{
    [Fact]
    public void Options_OfARequest_HaveNamesThatBeginWithTheLibrarysName()
    {
        using var request = new HttpRequestMessage();

        request.SetUsageTags(("tenant", "acme")).SetUsageCancellationToken(CancellationToken.None).ExcludeFromUsageCapture();

        Assert.Equal(
            ["UsageCapture.CancellationToken", "UsageCapture.Excluded", "UsageCapture.Tags"],
            ((IDictionary<string, object?>)request.Options).Keys.Order(StringComparer.Ordinal));
    }
}
