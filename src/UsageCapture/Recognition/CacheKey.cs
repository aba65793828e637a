using UsageCapture.Providers;

namespace UsageCapture.Recognition;

/// <summary>The parts of a request's address by which <see cref="ProviderRegistry"/> caches the recognized API.</summary>
/// <remarks>The rest of the query is left out, because it may contain an API key.</remarks>
internal readonly ref struct CacheKey
{
    private CacheKey(ReadOnlySpan<char> address, ReadOnlySpan<char> apiVersionParameter, ReadOnlySpan<char> versionParameter)
    {
        Address = address;
        ApiVersionParameter = apiVersionParameter;
        VersionParameter = versionParameter;
    }

    /// <summary>Gets the address before its query and fragment.</summary>
    public ReadOnlySpan<char> Address { get; }

    /// <summary>Gets the value of the parameter <c>api-version</c> in the query, with its escapes; empty when there is none. Azure's APIs have it.</summary>
    public ReadOnlySpan<char> ApiVersionParameter { get; }

    /// <summary>Gets the value of the parameter <c>version</c> in the query, with its escapes; empty when there is none. IBM watsonx has it.</summary>
    public ReadOnlySpan<char> VersionParameter { get; }

    /// <summary>Gets whether the address has a query.</summary>
    public bool HasQuery { get; private init; }

    /// <summary>Gets whether the address may have a user name and a password, so that it must not be kept.</summary>
    public bool HasUserInfo => Address.Contains('@');

    /// <summary>Finds the parts of an address, without allocating.</summary>
    public static CacheKey Create(Uri address)
    {
        ReadOnlySpan<char> text = address.OriginalString;
        if (text.IndexOfAny('#', '?') < 0)
        {
            return new CacheKey(text, default, default); // Most addresses end here, after a single search.
        }

        int fragmentStart = text.IndexOf('#');
        text = fragmentStart < 0 ? text : text[..fragmentStart];
        int queryStart = text.IndexOf('?');
        if (queryStart < 0)
        {
            return new CacheKey(text, default, default);
        }

        ReadOnlySpan<char> query = text[(queryStart + 1)..];
        AddressParts.TryGetRawQueryValue(query, "api-version", out ReadOnlySpan<char> apiVersion);
        AddressParts.TryGetRawQueryValue(query, "version", out ReadOnlySpan<char> version);
        return new CacheKey(text[..queryStart], apiVersion, version) { HasQuery = true };
    }
}
