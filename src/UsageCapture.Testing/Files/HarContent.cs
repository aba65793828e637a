namespace UsageCapture.Testing.Files;

/// <summary>A body of an archive: text, or base64 where its encoding says so.</summary>
internal sealed record HarContent(string? MimeType = null, string? Text = null, string? Encoding = null)
{
    public byte[] Body => Encoding == "base64" ? Convert.FromBase64String(Text ?? "") : System.Text.Encoding.UTF8.GetBytes(Text ?? "");
}
