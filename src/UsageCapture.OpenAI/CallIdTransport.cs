using System.ClientModel.Primitives;

namespace UsageCapture;

/// <summary>Lets the capture see which requests are attempts of one call: each has the options that the first was left with.</summary>
/// <remarks>The SDK makes a new request of HTTP for every attempt, but keeps its own message.</remarks>
internal sealed class CallIdTransport(HttpClient client) : HttpClientPipelineTransport(client)
{
    protected override void OnSendingRequest(PipelineMessage message, HttpRequestMessage httpRequest)
    {
        base.OnSendingRequest(message, httpRequest);
        if (message.TryGetProperty(typeof(CallIdTransport), out object? first))
        {
            foreach ((string name, object? value) in (HttpRequestOptions)first!)
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
