using Microsoft.Extensions.Logging;

using UsageCapture.Decoding;
using UsageCapture.Requests;
using UsageCapture.Telemetry;

namespace UsageCapture.Responses;

/// <summary>Finds out which endpoints refuse requests with the option that asks for usage, so that they are not asked again.</summary>
/// <remarks>
/// The handler calls <see cref="IsKnownToRefuse"/> before it adds the option. When <see cref="IsRefusalAsync"/> is true for the response, it
/// sends the caller's own request, and calls <see cref="Remember"/> with the second response. Thread-safe.
/// </remarks>
/// <param name="endpoints">The endpoints that are known to refuse the option.</param>
/// <param name="isEnabled">Whether responses are examined: <see cref="UsageCaptureOptions.ResendWhenRefused"/>.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="logger">Receives a message for each endpoint that is remembered.</param>
internal sealed class RefusalDetector(RefusingEndpoints endpoints, bool isEnabled, TimeProvider timeProvider, ILogger logger)
{
    /// <summary>Gets whether an endpoint is known to refuse the option for a model.</summary>
    /// <param name="address">The address of the request.</param>
    /// <param name="apiVersion">The API version in the address; null when there is none.</param>
    /// <param name="model">The model in the request's body; null when there is none.</param>
    public bool IsKnownToRefuse(Uri address, string? apiVersion, string? model) =>
        !endpoints.IsUnused && endpoints.Contains(EndpointKey.Create(address, apiVersion, model), timeProvider.GetUtcNow());

    /// <summary>Gets whether a response is an error that names the option. The caller can still read the whole error.</summary>
    /// <param name="response">The response to a request with the option. The content of an error is replaced.</param>
    /// <param name="option">The option.</param>
    /// <param name="isAsync">Whether to await. Otherwise the returned task is complete.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    /// <exception cref="OperationCanceledException">The caller canceled. The response is disposed.</exception>
    public ValueTask<bool> IsRefusalAsync(
        HttpResponseMessage response, UsageRequestOption option, bool isAsync, CancellationToken cancellationToken) =>
        isEnabled && UsageOptionRefusal.IsCandidate(response)
            ? MentionsOptionAsync(response, option, isAsync, cancellationToken)
            : ValueTask.FromResult(false);

    /// <summary>Remembers an endpoint that refused the option, if it accepts the request without it. Otherwise the option was not the reason.</summary>
    /// <param name="address">The address of the request.</param>
    /// <param name="apiVersion">The API version in the address; null when there is none.</param>
    /// <param name="model">The model in the request's body; null when there is none.</param>
    /// <param name="response">The response to the request without the option.</param>
    public void Remember(Uri address, string? apiVersion, string? model, HttpResponseMessage response)
    {
        var endpoint = EndpointKey.Create(address, apiVersion, model);
        if (response.IsSuccessStatusCode && endpoints.Add(endpoint, timeProvider.GetUtcNow(), out DateTimeOffset until))
        {
            Log.UsageRefused(logger, endpoint.Host, SafeText.CleanPath(endpoint.Path), endpoint.Model, until);
        }
    }

    private async ValueTask<bool> MentionsOptionAsync(
        HttpResponseMessage response, UsageRequestOption option, bool isAsync, CancellationToken cancellationToken)
    {
        ICollection<string> contentEncoding = RawHeaders.GetContentEncoding(response.Content.Headers);
        ReadOnlyMemory<byte> body = await PeekedResponse
            .ReadStartAsync(response, UsageOptionRefusal.MaxErrorLength, timeProvider, isAsync, cancellationToken)
            .ConfigureAwait(false);
        return UsageOptionRefusal.MentionsOption(body.Span, contentEncoding, option);
    }
}
