using UsageCapture.Exchanges;

namespace UsageCapture.Tests.Exchanges;

/// <summary>Each header by itself. <see cref="GatewayAnswerTests"/> has what they mean for a record.</summary>
public sealed class GatewayHeadersTests
{
    public static TheoryData<string, string> StatusHeaders => new MatrixTheoryData<string, string>(
        ["x-portkey-cache-status", "Helicone-Cache", "cf-aig-cache-status", "X-OmniRoute-Cache"], ["HIT", "hit", "SEMANTIC HIT"]);

    [Theory]
    [MemberData(nameof(StatusHeaders))]
    public void IsCacheHit_OfAStatus_IsTrueForAHitOnly(string name, string value)
    {
        using HttpResponseMessage hit = Answer(name, value);
        using HttpResponseMessage miss = Answer(name, "HIT-FOR-MISS");
        using HttpResponseMessage other = Answer(name + "-2", value);

        Assert.Equal((true, false, false), (GatewayHeaders.IsCacheHit(hit.Headers), GatewayHeaders.IsCacheHit(miss.Headers), GatewayHeaders.IsCacheHit(other.Headers)));
    }

    [Fact]
    public void IsCacheHit_OfAHeaderThatOnlyHitsHave_IsTrueForAnyValue()
    {
        using HttpResponseMessage hit = Answer("x-litellm-cache-key", "");

        Assert.True(GatewayHeaders.IsCacheHit(hit.Headers));
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("0.00042", "0.00042")]
    [InlineData("4.2e-4", "0.00042")]
    [InlineData("1000000000", "1000000000")]
    [InlineData("1000000000.01", null)]
    [InlineData("-0.01", null)]
    [InlineData("1,5", null)]
    [InlineData("$1", null)]
    [InlineData("NaN", null)]
    [InlineData("", null)]
    public void Cost_OfAHeader_IsAnAmountFromZeroToABillion(string value, string? expected)
    {
        using HttpResponseMessage response = Answer("x-litellm-response-cost", value);
        using HttpResponseMessage other = Answer("x-other-response-cost", value);

        Assert.Equal(expected, GatewayHeaders.GetCost(response.Headers)?.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Null(GatewayHeaders.GetCost(other.Headers));
    }

    private static HttpResponseMessage Answer(string name, string value)
    {
        var response = new HttpResponseMessage();
        response.Headers.TryAddWithoutValidation(name, value);
        return response;
    }
}
