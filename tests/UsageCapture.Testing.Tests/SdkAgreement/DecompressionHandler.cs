namespace UsageCapture.Testing.Tests.SdkAgreement;

/// <summary>Decompresses response bodies for an SDK. The capture behind this handler sees them compressed.</summary>
internal sealed class DecompressionHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        if (response.Content.Headers.ContentEncoding.Count > 0)
        {
            byte[] plain = ContentCoding.Undo(
                await response.Content.ReadAsByteArrayAsync(cancellationToken), response.Content.Headers.ContentEncoding)
                ?? throw new IOException("The body cannot be decompressed.");
            var content = new ByteArrayContent(plain);
            content.Headers.ContentType = response.Content.Headers.ContentType;
            response.Content = content;
        }

        return response;
    }
}
