namespace UsageCapture.Testing.Har;

/// <summary>A body in an HTTP archive. <paramref name="Text"/> is base64 if <paramref name="Encoding"/> is <c>base64</c>.</summary>
/// <param name="MimeType">The content type.</param>
/// <param name="Text">The body; null if the archive was exported without bodies.</param>
/// <param name="Encoding">The encoding of the text; null for plain text.</param>
internal sealed record HarContent(string? MimeType = null, string? Text = null, string? Encoding = null)
{
    /// <summary>Returns the decoded body; an empty array if the archive does not contain it.</summary>
    public byte[] GetBytes()
    {
        string text = Text ?? "";
        return Encoding == "base64" ? Convert.FromBase64String(text) : System.Text.Encoding.UTF8.GetBytes(text);
    }
}
