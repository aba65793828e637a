using System.Text.Json;

using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Tokens by what they stand for, as Google lists them: <c>[{"modality":"AUDIO","tokenCount":5}]</c>.</summary>
/// <param name="Audio">Those of audio; null when the list has none.</param>
/// <param name="Image">Those of images; null when the list has none. Video and documents are counted apart from them.</param>
internal readonly record struct ModalityTokens(long? Audio, long? Image)
{
    public static ModalityTokens operator +(ModalityTokens left, ModalityTokens right) =>
        new(JsonCounts.Sum(left.Audio, right.Audio), JsonCounts.Sum(left.Image, right.Image));

    /// <summary>Reads the lists that an object has under these names. They exclude one another.</summary>
    public static ModalityTokens ReadAll(ReadOnlySpan<byte> json, ReadOnlySpan<string> names)
    {
        var tokens = default(ModalityTokens);
        foreach (string name in names)
        {
            tokens += Read(JsonValue.Member(json, name));
        }

        return tokens;
    }

    /// <summary>Reads a list; what is none, or cannot be read, lists nothing.</summary>
    private static ModalityTokens Read(ReadOnlySpan<byte> list)
    {
        var tokens = default(ModalityTokens);
        if (list is not [(byte)'[', ..])
        {
            return tokens;
        }

        try
        {
            var reader = new Utf8JsonReader(list);
            reader.Read();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    tokens += ReadEntry(ref reader);
                }

                reader.Skip();
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The parts are told beside the whole; what was read of them is kept.
        }

        return tokens;
    }

    private static ModalityTokens ReadEntry(ref Utf8JsonReader reader)
    {
        ReadOnlySpan<byte> modality = default;
        long? count = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isModality = reader.ValueTextEquals("modality"u8);
            bool isCount = reader.ValueTextEquals("tokenCount"u8) || reader.ValueTextEquals("tokens"u8); // The latter in interactions.
            reader.Read();
            if (isModality)
            {
                modality = reader.TokenType is JsonTokenType.String or JsonTokenType.Number ? reader.ValueSpan : default;
            }
            else if (isCount && JsonValue.TryGetCount(ref reader, out long value))
            {
                count = value;
            }

            reader.Skip();
        }

        // Enumerations come as numbers when asked so: google.ai.generativelanguage.v1.Modality.
        return modality switch
        {
            [(byte)'4'] => new(count, null),
            [(byte)'2'] => new(null, count),
            _ when System.Text.Ascii.EqualsIgnoreCase(modality, "AUDIO"u8) => new(count, null),
            _ when System.Text.Ascii.EqualsIgnoreCase(modality, "IMAGE"u8) => new(null, count),
            _ => default,
        };
    }
}
