namespace UsageCapture.Recognition;

/// <summary>The API that was recognized at an address, with the only parts of the query that built-in providers read.</summary>
internal sealed class CachedApi
{
    private readonly string _apiVersion;
    private readonly string _version;

    public CachedApi(RecognizedAddress recognized, CacheKey key)
    {
        Recognized = recognized;
        _apiVersion = key.ApiVersion.ToString();
        _version = key.Version.ToString();
    }

    /// <summary>Gets what was recognized.</summary>
    public RecognizedAddress Recognized { get; }

    /// <summary>Returns whether another address with the same path asks for the same version of the API.</summary>
    /// <remarks>Only the version of the first request is cached. Others are recognized anew each time, which is correct and slower.</remarks>
    public bool HasVersionOf(CacheKey key) =>
        key.ApiVersion.SequenceEqual(_apiVersion) && key.Version.SequenceEqual(_version);
}
