namespace UsageCapture;

/// <summary>Who asked the server to report usage in a streamed response.</summary>
public enum UsageRequestState
{
    /// <summary>Nobody did: the caller left it out or declined it, and the handler was not to ask, or could not.</summary>
    NotAsked,

    /// <summary>The caller's own request asks for it.</summary>
    AskedByCaller,

    /// <summary>The handler added it to the request.</summary>
    AskedByHandler,

    /// <summary>The handler would have, but the server refuses the request with it: it was sent as the caller made it.</summary>
    RefusedByServer,
}
