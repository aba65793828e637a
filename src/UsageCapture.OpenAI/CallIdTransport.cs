using System.ClientModel.Primitives;

namespace UsageCapture;

/// <summary>Sends the requests of an SDK client, makes the records of one call share their call id, and tells the handler the caller's token.</summary>
/// <remarks>
/// <para>
/// The SDK creates a new HTTP request for each attempt, but only one pipeline message for the whole call. The transport stores the options of
/// the first request on that message. The capture handler writes the call id into these options. Each retry gets a copy of all of them.
/// </para>
/// <para>
/// The SDK reads a stream with a token of its own. It notices a cancellation between two updates without a read, and disposes the response.
/// </para>
/// </remarks>
/// <param name="client">The client that sends the requests. A usage capture handler must be among its handlers.</param>
internal sealed class CallIdTransport(HttpClient client) : HttpClientPipelineTransport(client)
{
    protected override void OnSendingRequest(PipelineMessage message, HttpRequestMessage httpRequest)
    {
        base.OnSendingRequest(message, httpRequest);
        CancellationToken callerToken = CallerTokenPolicy.GetCallerToken(message);
        if (callerToken.CanBeCanceled)
        {
            httpRequest.SetUsageCancellationToken(callerToken);
        }

        // The key of a message property is a type. This class uses its own, so that no other policy uses the same key.
        bool isRetry = message.TryGetProperty(typeof(CallIdTransport), out object? firstOptions);
        if (isRetry)
        {
            foreach ((string name, object? value) in (HttpRequestOptions)firstOptions!)
            {
                // TryAdd keeps an option that was set for this attempt.
                ((IDictionary<string, object?>)httpRequest.Options).TryAdd(name, value);
            }
        }
        else
        {
            message.SetProperty(typeof(CallIdTransport), httpRequest.Options);
        }
    }
}
