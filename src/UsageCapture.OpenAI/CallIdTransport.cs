using System.ClientModel.Primitives;

namespace UsageCapture;

/// <summary>Gives all attempts of one SDK call the same request options, so that their records share a call id.</summary>
/// <remarks>
/// The SDK creates a new HTTP request for each attempt, but keeps its own pipeline message. The options of the first request are kept on
/// that message. After the first attempt they contain its call id, and each later request gets a copy of them.
/// </remarks>
internal sealed class CallIdTransport(HttpClient client) : HttpClientPipelineTransport(client)
{
    protected override void OnSendingRequest(PipelineMessage message, HttpRequestMessage httpRequest)
    {
        base.OnSendingRequest(message, httpRequest);
        if (message.TryGetProperty(typeof(CallIdTransport), out object? firstOptions))
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
