using UsageCapture.Testing.Matching;

namespace UsageCapture.Testing.Scrubbing;

/// <summary>A request in which all secrets are overwritten, and the means to scrub its response in the same way.</summary>
internal sealed class ScrubbedRequest
{
    public ScrubbedRequest(HttpRequestMessage request, byte[] body, RecordingHandlerOptions options)
    {
        Uri url = request.RequestUri ?? throw new InvalidOperationException("The request has no address. Set its RequestUri.");
        var address = new ScrubbedAddress(url, options);
        Scrubber = new Scrubber([.. RequestSecrets.FromHeaders(request), .. address.Secrets, .. options.Secrets], options.ScrubbedMembers);
        AllowedHeaders = options.AllowedHeaders;
        Body = Scrubber.Scrub(body);

        // A path can hold a secret as well, for example the name of a tenant.
        Uri scrubbedUrl = new UriBuilder(address.Url) { Path = Scrubber.Scrub(address.Url.AbsolutePath), Query = Scrubber.Scrub(address.Url.Query) }.Uri;
        Description = RequestDescription.From(request, Body) with { Url = scrubbedUrl };
    }

    public RequestDescription Description { get; }

    public byte[] Body { get; }

    /// <summary>Gets the scrubber that knows the secrets of this request.</summary>
    public Scrubber Scrubber { get; }

    /// <summary>Gets the names of the response headers to keep.</summary>
    public ICollection<string> AllowedHeaders { get; }
}
