using UsageCapture.Testing.Matching;

namespace UsageCapture.Testing.Scrubbing;

/// <summary>A request in which all secrets are overwritten. Its scrubber overwrites the same secrets in the response.</summary>
internal sealed class ScrubbedRequest
{
    /// <summary>Finds the secrets of a request and overwrites them.</summary>
    /// <param name="request">The request. It is not changed.</param>
    /// <param name="body">The body of the request; empty if there is none.</param>
    /// <param name="options">More texts to overwrite, and the hosts, query parameters and response headers to keep.</param>
    /// <exception cref="InvalidOperationException">The request has no address.</exception>
    public ScrubbedRequest(HttpRequestMessage request, byte[] body, RecordingHandlerOptions options)
    {
        Uri url = request.RequestUri ?? throw new InvalidOperationException("The request has no address. Set its RequestUri.");
        var address = new ScrubbedAddress(url, options);
        Scrubber = new Scrubber([.. RequestSecrets.FindInHeaders(request), .. address.Secrets, .. options.Secrets], options.ScrubbedMembers);
        AllowedResponseHeaders = options.AllowedHeaders;
        Body = Scrubber.Scrub(body);

        // The scrubbed address can still contain a secret, for example the name of a tenant in the path.
        var scrubbedUrl = new UriBuilder(address.Url)
        {
            Path = Scrubber.Scrub(address.Url.AbsolutePath),
            Query = Scrubber.Scrub(address.Url.Query),
        };
        Description = RequestDescription.From(request, Body) with { Url = scrubbedUrl.Uri };
    }

    /// <summary>Gets the method, the scrubbed address and the scrubbed JSON body.</summary>
    public RequestDescription Description { get; }

    /// <summary>Gets the scrubbed bytes of the body; empty if there is none.</summary>
    public byte[] Body { get; }

    /// <summary>Gets the scrubber that knows the secrets of this request.</summary>
    public Scrubber Scrubber { get; }

    /// <summary>Gets the names of the response headers to keep, for <see cref="ScrubbedRecordingFactory"/>.</summary>
    public ICollection<string> AllowedResponseHeaders { get; }
}
