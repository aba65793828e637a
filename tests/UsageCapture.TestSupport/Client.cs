namespace UsageCapture.TestSupport;

/// <summary>Makes the clients that the tests call a server with, over real sockets.</summary>
internal static class Client
{
    /// <summary>Makes a client whose calls are captured.</summary>
    public static HttpClient Captured(IUsageSink sink, string httpVersion = "1.1") =>
        new(new UsageCaptureHandler(sink) { InnerHandler = Sockets(httpVersion) });

    /// <summary>Makes a client like it whose calls are not.</summary>
    public static HttpClient Bare(string httpVersion = "1.1") => new(Sockets(httpVersion));

    private static HttpMessageHandler Sockets(string httpVersion)
    {
        // Left with a response unread, it waits for the rest two seconds by default, before it gives the connection up.
        var sockets = new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.FromMilliseconds(10) };
        return httpVersion == "1.1" ? sockets : new Http2Handler(sockets);
    }
}
