using System.ClientModel.Primitives;

namespace UsageCapture;

/// <summary>Sends the requests of an SDK client, and makes the records of one call share their call id, retries included.</summary>
/// <remarks>
/// The SDK creates a new HTTP request for each attempt, but one pipeline message for the call. The transport keeps the options of the first
/// request on that message. The capture handler writes the call id into them, and each later request gets a copy.
/// </remarks>
/// <param name="client">The client that sends the requests. A usage capture handler must be among its handlers.</param>
internal sealed class CallIdTransport(HttpClient client) : HttpClientPipelineTransport(client)
{
    protected override void OnSendingRequest(PipelineMessage message, HttpRequestMessage httpRequest)
    {
        base.OnSendingRequest(message, httpRequest);
        bool isRetry = message.TryGetProperty(typeof(CallIdTransport), out object? firstOptions);
        if (isRetry)
        {
            foreach ((string name, object? value) in (HttpRequestOptions)firstOptions!)
            {
                ((IDictionary<string, object?>)httpRequest.Options).TryAdd(name, value);
            }
        }
        else
        {
            message.SetProperty(typeof(CallIdTransport), httpRequest.Options);
        }
    }
}
