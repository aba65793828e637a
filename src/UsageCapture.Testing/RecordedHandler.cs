namespace UsageCapture.Testing;

/// <summary>Answers every request with a recording, without a network.</summary>
/// <remarks>
/// Put it below the handler under test:
/// <c>new HttpClient(new UsageCaptureHandler(sink) { InnerHandler = new RecordedHandler(recording) })</c>. Thread-safe.
/// </remarks>
/// <param name="recording">The recording.</param>
public sealed class RecordedHandler(Recording recording) : HttpMessageHandler
{
    private readonly Lock _lock = new();
    private readonly List<ReadOnlyMemory<byte>> _requestBodies = [];

    /// <summary>Gets the most bytes that one read of a response gives, to see that code does not depend on where reads are cut.</summary>
    /// <value>The default is no limit.</value>
    public int MaxReadLength { get; init; } = int.MaxValue;

    /// <summary>Gets the bodies of the requests so far, as they would have gone out, in the order in which they came.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> RequestBodies
    {
        get
        {
            lock (_lock)
            {
                return [.. _requestBodies];
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var body = new MemoryStream();
        if (request.Content is not null)
        {
            await request.Content.CopyToAsync(body, cancellationToken).ConfigureAwait(false);
        }

        return Respond(request, body);
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var body = new MemoryStream();
        request.Content?.CopyTo(body, context: null, cancellationToken);
        return Respond(request, body);
    }

    private HttpResponseMessage Respond(HttpRequestMessage request, MemoryStream body)
    {
        lock (_lock)
        {
            _requestBodies.Add(body.ToArray());
        }

        HttpResponseMessage response = recording.CreateResponse(MaxReadLength);
        response.RequestMessage = request;
        return response;
    }
}
