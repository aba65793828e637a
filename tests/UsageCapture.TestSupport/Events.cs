namespace UsageCapture.TestSupport;

/// <summary>Where the events of a stream stand, told by its blank lines.</summary>
internal static class Events
{
    /// <summary>Gets the places where events begin, and the end of the body.</summary>
    public static List<int> Bounds(ReadOnlySpan<byte> body)
    {
        List<int> bounds = [0];
        ReadOnlySpan<byte> blank = body.IndexOf("\r\n\r\n"u8) >= 0 ? "\r\n\r\n"u8 : body.IndexOf("\n\n"u8) >= 0 ? "\n\n"u8 : "\r\r"u8;
        for (int place = 0; body[place..].IndexOf(blank) is >= 0 and int length;)
        {
            place += length + blank.Length;
            bounds.Add(place);
        }

        if (bounds[^1] != body.Length)
        {
            bounds.Add(body.Length);
        }

        return bounds;
    }
}
