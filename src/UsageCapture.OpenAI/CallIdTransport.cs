using System.ClientModel.Primitives;

namespace UsageCapture;

/// <summary>Sends the requests of an SDK client, and makes the records of one call share their call id, retries included.</summary>
/// <remarks>
/// The SDK creates a new HTTP request for each attempt, but only one pipeline message for the whole call. The transport stores the options of
/// the first request on that message. The capture handler writes the call id into these options. Each retry gets a copy of all of them.
/// </remarks>
/// <param name="client">The client that sends the requests. A usage capture handler must be among its handlers.</param>
internal sealed class CallIdTransport(HttpClient client) : HttpClientPipelineTransport(client)
{
    protected override void OnSendingRequest(PipelineMessage message, HttpRequestMessage httpRequest)
    {
        base.OnSendingRequest(message, httpRequest);

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
