namespace UsageCapture.Recognition;

/// <summary>An entry in the cache of <see cref="ProviderRegistry"/>: what was recognized at an address, and the API versions in its query.</summary>
/// <remarks>Built-in providers read no other part of the query.</remarks>
internal sealed class CachedApi
{
    private readonly string _apiVersionParameter;
    private readonly string _versionParameter;

    public CachedApi(RecognizedAddress recognized, CacheKey key)
    {
        Recognized = recognized;
        _apiVersionParameter = key.ApiVersionParameter.ToString();
        _versionParameter = key.VersionParameter.ToString();
    }

    /// <summary>Gets the API at the address, or that there is none.</summary>
    public RecognizedAddress Recognized { get; }

    /// <summary>Returns whether another address with the same path asks for the same version of the API.</summary>
    /// <remarks>Only the version of the first request is cached. A request with another version is recognized again each time.</remarks>
    public bool HasVersionOf(CacheKey key) =>
        key.ApiVersionParameter.SequenceEqual(_apiVersionParameter) && key.VersionParameter.SequenceEqual(_versionParameter);
}
