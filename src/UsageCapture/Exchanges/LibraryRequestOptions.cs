namespace UsageCapture.Exchanges;

/// <summary>Sets and gets the options that this library stores on requests.</summary>
/// <remarks>
/// Reading <see cref="HttpRequestMessage.Options"/> allocates a dictionary. <see cref="Find"/> avoids that until
/// <see cref="Set"/> has been called for some request of the process.
/// </remarks>
internal static class LibraryRequestOptions
{
    // Whether any request of the process has an option of this library.
    private static volatile bool _anyWasSet;

    /// <summary>Gets whether any request of the process has an option of this library.</summary>
    public static bool AnyWasSet => _anyWasSet;

    /// <summary>Sets an option of a request.</summary>
    public static void Set<T>(HttpRequestMessage request, HttpRequestOptionsKey<T> key, T value)
        where T : class
    {
        request.Options.Set(key, value);
        _anyWasSet = true;
    }

    /// <summary>Gets an option of a request; null when the request does not have it.</summary>
    public static T? Find<T>(HttpRequestMessage request, HttpRequestOptionsKey<T> key)
        where T : class =>
        _anyWasSet && request.Options.TryGetValue(key, out T? value) ? value : null;
}
