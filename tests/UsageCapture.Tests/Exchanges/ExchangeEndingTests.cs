using Polly.Bulkhead;
using Polly.CircuitBreaker;
using Polly.RateLimit;
using Polly.RateLimiting;
using Polly.Timeout;

using UsageCapture.Exchanges;

namespace UsageCapture.Tests.Exchanges;

public sealed class ExchangeEndingTests
{
    [Theory]
    [InlineData(HttpRequestError.NameResolutionError, true)]
    [InlineData(HttpRequestError.ConnectionError, true)]
    [InlineData(HttpRequestError.SecureConnectionError, true)]
    [InlineData(HttpRequestError.ProxyTunnelError, true)]
    [InlineData(HttpRequestError.ResponseEnded, false)]
    [InlineData(HttpRequestError.InvalidResponse, false)]
    [InlineData(HttpRequestError.HttpProtocolError, false)]
    [InlineData(HttpRequestError.Unknown, false)]
    public void Failure_OfARequest_WasNeverSentWhenThereIsNoConnection(HttpRequestError error, bool wasNeverSent)
    {
        var exception = new HttpRequestException(error);

        Assert.All(
            [true, false],
            requestWasSent => Assert.Equal(
                new ExchangeEnding(UsageOutcome.Faulted, BodyIsComplete: false, wasNeverSent),
                ExchangeEnding.Failed(exception, isCanceled: false, requestWasSent)));
    }

    [Fact]
    public void Failure_OfAResilienceHandlerThatStoppedTheRequest_WasNeverSentUnlessAPartWas()
    {
        Exception[] rejections =
        [
            new BrokenCircuitException(), new IsolatedCircuitException(), new RateLimiterRejectedException(), new RateLimitRejectedException(),
            new BulkheadRejectedException(),
        ];

        Assert.All(rejections, exception => Assert.True(ExchangeEnding.Failed(exception, isCanceled: false, requestWasSent: false).WasNeverSent));
        Assert.All(rejections, exception => Assert.False(ExchangeEnding.Failed(exception, isCanceled: false, requestWasSent: true).WasNeverSent));
    }

    [Fact]
    public void Failure_OfAnotherKind_MayHaveBeenSent()
    {
        Exception[] exceptions = [new IOException(), new TimeoutRejectedException(), new OperationCanceledException()];

        Assert.All(exceptions, exception => Assert.False(ExchangeEnding.Failed(exception, isCanceled: false, requestWasSent: false).WasNeverSent));
    }

    [Theory]
    [InlineData(true, UsageOutcome.Canceled)]
    [InlineData(false, UsageOutcome.Faulted)]
    public void Failure_ByTheCallersToken_IsACancellation(bool isCanceled, UsageOutcome expected) =>
        Assert.Equal(expected, ExchangeEnding.Failed(new IOException(), isCanceled, requestWasSent: true).Outcome);
}
