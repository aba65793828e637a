using System.Text;

namespace UsageCapture.Decoding;

/// <summary>A short text that a response repeats in every chunk, such as its id. Finds out cheaply whether a chunk changes it.</summary>
/// <remarks>
/// A repetition creates no string. <see cref="UsageReport"/> has one for each such text. This struct is mutable: do not copy it, and store
/// it in a field that is not readonly.
/// </remarks>
internal struct RepeatedText
{
    // Ids and names have a few dozen characters. A longer text is cut off.
    private const int MaxTextLength = 256;

    /// <summary>Gets the text; null if there was none so far.</summary>
    public string? Value { get; private set; }

    /// <summary>Records the text if it is the first of the response. A later text is only compared with the first one.</summary>
    /// <param name="json">The JSON value in the chunk; empty if there is none. A value without text, such as null, is ignored.</param>
    /// <returns>True if the text is the first one, or differs from the first one.</returns>
    public bool RecordFirst(ReadOnlySpan<byte> json)
    {
        if (!HasOtherText(json, out string? text))
        {
            return false;
        }

        Value ??= text;
        return true;
    }

    /// <summary>Records the text in place of the one before, so that the last text of the response remains.</summary>
    /// <param name="json">The JSON value in the chunk; empty if there is none. A value without text, such as null, is ignored.</param>
    /// <returns>True if the text is the first one, or differs from the one before.</returns>
    public bool RecordLast(ReadOnlySpan<byte> json)
    {
        if (!HasOtherText(json, out string? text))
        {
            return false;
        }

        Value = text;
        return true;
    }

    /// <summary>Returns whether a chunk has a text that differs from <see cref="Value"/>, and that text.</summary>
    private readonly bool HasOtherText(ReadOnlySpan<byte> json, out string? text)
    {
        // Almost every chunk repeats the text, and almost every text is ASCII without escapes.
        if (json.IsEmpty || (json is [(byte)'"', .. var inner, (byte)'"'] && Ascii.Equals(inner, Value)))
        {
            text = null;
            return false;
        }

        text = JsonValue.GetText(json, MaxTextLength);
        return text is not null && text != Value;
    }
}
