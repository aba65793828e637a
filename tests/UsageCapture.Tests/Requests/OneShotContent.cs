using System.Net;
using System.Net.Http.Headers;

namespace UsageCapture.Tests.Requests;

/// <summary>A request body that can be read once and does not know its length.</summary>
internal sealed class OneShotContent : HttpContent
{
    private readonly byte[] _body;

    public OneShotContent(byte[] body)
    {
        _body = body;
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    public int Reads { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        Reads++;
        Assert.Equal(1, Reads);
        return stream.WriteAsync(_body, 0, _body.Length, TestContext.Current.CancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
