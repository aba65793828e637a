namespace UsageCapture.Testing.Har;

/// <summary>A body in an HTTP archive.</summary>
/// <param name="MimeType">The content type.</param>
/// <param name="Text">The body; null if the archive was exported without bodies.</param>
/// <param name="Encoding"><c>base64</c> if the text is base64. Null, and any other value, mean plain text.</param>
internal sealed record HarContent(string? MimeType = null, string? Text = null, string? Encoding = null)
{
    /// <summary>Returns the decoded body; an empty array if the archive does not contain it.</summary>
    /// <exception cref="FormatException">The text is not valid base64.</exception>
    public byte[] GetBytes()
    {
        string text = Text ?? "";
        return Encoding == "base64" ? Convert.FromBase64String(text) : System.Text.Encoding.UTF8.GetBytes(text);
    }
}
