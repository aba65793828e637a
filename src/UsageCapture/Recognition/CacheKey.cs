using UsageCapture.Providers;

namespace UsageCapture.Recognition;

/// <summary>The parts of a request's address by which the recognized API is cached. The rest of the query is left out, because it may contain an API key.</summary>
internal readonly ref struct CacheKey
{
    private CacheKey(ReadOnlySpan<char> address, ReadOnlySpan<char> apiVersion, ReadOnlySpan<char> version)
    {
        Address = address;
        ApiVersion = apiVersion;
        Version = version;
    }

    /// <summary>Gets the address before its query and fragment.</summary>
    public ReadOnlySpan<char> Address { get; }

    /// <summary>Gets the parameter <c>api-version</c> of the query, with its escapes. Azure's APIs have it.</summary>
    public ReadOnlySpan<char> ApiVersion { get; }

    /// <summary>Gets the parameter <c>version</c> of the query, with its escapes. watsonx has it.</summary>
    public ReadOnlySpan<char> Version { get; }

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
            return new CacheKey(text, apiVersion: default, version: default);
        }

        int fragmentStart = text.IndexOf('#');
        text = fragmentStart < 0 ? text : text[..fragmentStart];
        int queryStart = text.IndexOf('?');
        if (queryStart < 0)
        {
            return new CacheKey(text, apiVersion: default, version: default);
        }

        ReadOnlySpan<char> query = text[(queryStart + 1)..];
        AddressParts.TryGetRawQueryValue(query, "api-version", out ReadOnlySpan<char> apiVersion);
        AddressParts.TryGetRawQueryValue(query, "version", out ReadOnlySpan<char> version);
        return new CacheKey(text[..queryStart], apiVersion, version) { HasQuery = true };
    }
}
