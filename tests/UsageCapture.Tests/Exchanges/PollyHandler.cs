using Polly;
using Polly.Hedging;

namespace UsageCapture.Tests.Exchanges;

/// <summary>Sends through a resilience pipeline, as the standard resilience handlers do: the same request again, or a copy of it for each hedge.</summary>
internal sealed class PollyHandler(ResiliencePipeline<HttpResponseMessage> pipeline, bool copies = false) : DelegatingHandler
{
    private static readonly ResiliencePropertyKey<(PollyHandler, HttpRequestMessage)> Call = new("call");

    /// <summary>Makes a handler that sends up to three copies at once, one after the other as soon as the delay has passed, and takes the first answer.</summary>
    public static PollyHandler Hedging(TimeSpan delay) => new(
        new ResiliencePipelineBuilder<HttpResponseMessage>().AddHedging(new HedgingStrategyOptions<HttpResponseMessage>
        {
            MaxHedgedAttempts = 2,
            Delay = delay,
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is HttpRequestException),
            ActionGenerator = arguments => async () =>
            {
                (PollyHandler handler, HttpRequestMessage request) = arguments.PrimaryContext.Properties.GetValue(Call, default!);
                return Outcome.FromResult(await handler.SendCopyAsync(request, arguments.ActionContext.CancellationToken));
            },
        }).Build(), copies: true);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ResilienceContext context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(Call, (this, request));
        try
        {
            return await pipeline.ExecuteAsync(
                async inner => copies
                    ? await SendCopyAsync(request, inner.CancellationToken)
                    : await base.SendAsync(request, inner.CancellationToken),
                context);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async Task<HttpResponseMessage> SendCopyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri)
        {
            Content = new ByteArrayContent(await request.Content!.ReadAsByteArrayAsync(cancellationToken)),
        };
        foreach ((string name, object? value) in request.Options)
        {
            ((IDictionary<string, object?>)copy.Options)[name] = value;
        }

        return await base.SendAsync(copy, cancellationToken);
    }
}
