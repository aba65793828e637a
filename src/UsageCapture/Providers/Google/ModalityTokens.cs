using System.Text;

using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>
/// The audio and image tokens in one of Google's lists, which split a count by modality: <c>[{"modality":"AUDIO","tokenCount":5}]</c>.
/// </summary>
/// <param name="Audio">The tokens of audio; null when the list has none.</param>
/// <param name="Image">
/// The tokens of images; null when the list has none. Video and documents have their own entries, which are not read.
/// </param>
internal readonly record struct ModalityTokens(long? Audio, long? Image)
{
    /// <summary>Adds up the audio and image tokens of two lists. A sum is null when both of its parts are.</summary>
    public static ModalityTokens operator +(ModalityTokens left, ModalityTokens right) =>
        new(TokenSum.OfKnown(left.Audio, right.Audio), TokenSum.OfKnown(left.Image, right.Image));

    /// <summary>Adds up the entries of a list.</summary>
    /// <param name="list">The JSON text of the array. Any other value has no entries.</param>
    public static ModalityTokens Read(ReadOnlySpan<byte> list)
    {
        ModalityTokens sum = default;
        foreach (ReadOnlySpan<byte> entry in new JsonElements(list))
        {
            sum += ReadEntry(entry);
        }

        return sum;
    }

    private static ModalityTokens ReadEntry(ReadOnlySpan<byte> entry)
    {
        ReadOnlySpan<byte> modality = default;
        long? count = null;
        foreach (JsonMember member in new JsonMembers(entry))
        {
            if (member.NameEquals("modality"u8))
            {
                modality = member.Value;
            }
            else if (member.NameEquals("tokenCount"u8) || member.NameEquals("tokens"u8)) // The Interactions API calls it tokens.
            {
                count = JsonValue.GetCount(member.Value);
            }
        }

        // A client may ask the server to send enums as numbers. In google.ai.generativelanguage.v1.Modality, 4 is AUDIO and 2 is IMAGE.
        bool isAudio = modality is [(byte)'4'] || Ascii.EqualsIgnoreCase(modality, "\"AUDIO\""u8);
        bool isImage = modality is [(byte)'2'] || Ascii.EqualsIgnoreCase(modality, "\"IMAGE\""u8);
        return new(isAudio ? count : null, isImage ? count : null);
    }
}
