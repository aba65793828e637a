using UsageCapture.Exchanges;

namespace UsageCapture.Tests.Exchanges;

public sealed class ProviderRequestIdTests
{
    // The order in which they are used.
    private static readonly string[] Names =
    [
        "x-request-id", "apim-request-id", "request-id", "x-amzn-RequestId", "Mistral-Correlation-Id", "X-Generation-Id", "x-ds-trace-id",
        "X-Debug-Trace-Id", "x-litellm-call-id",
    ];

    public static TheoryData<string> AllNames => [.. Names];

    [Theory]
    [MemberData(nameof(AllNames))]
    public void Find_InAnyHeader_IsItsValueAndComesBeforeThoseOfLaterHeaders(string name)
    {
        using var alone = new HttpResponseMessage { Headers = { { name, "req-1" }, { "x-request", "a" } } };
        using var withLater = new HttpResponseMessage { Headers = { { "server", "b" } } };
        foreach (string header in Names.SkipWhile(header => header != name).Reverse())
        {
            withLater.Headers.Add(header, header == name ? "req-1" : "later");
        }

        Assert.Equal(("req-1", "req-1"), (ProviderRequestId.Find(alone.Headers), ProviderRequestId.Find(withLater.Headers)));
    }

    [Theory]
    [InlineData("server")]
    [InlineData("x-request-id2")]
    [InlineData("request")]
    public void Find_InOtherHeaders_IsNull(string name)
    {
        using var response = new HttpResponseMessage { Headers = { { name, "1" } } };
        using var empty = new HttpResponseMessage();

        Assert.Null(ProviderRequestId.Find(response.Headers));
        Assert.Null(ProviderRequestId.Find(empty.Headers));
    }
}
