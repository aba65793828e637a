using System.Net.ServerSentEvents;
using System.Text.Json;

namespace UsageCapture.Tests.Oracle;

/// <summary>The oracle: reads a whole body in the plainest way, with the framework's parsers and no thought of speed, pieces or memory.</summary>
internal static class PlainDecoder
{
    private const int MaxDepth = 1_000_000;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private static ReadOnlySpan<byte> WhiteSpace => " \t\r\n"u8;

    /// <summary>Reads a body.</summary>
    /// <returns>What it says; null when it cannot be read by the rules, so that nothing can be asked of a decoder but to survive it.</returns>
    public static BodyFacts? Read(byte[] body, string? mediaType)
    {
        // A byte order mark may lead, and white space, which some servers send while the request waits its turn.
        int mark = body.AsSpan().StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0;
        byte[] text = [.. body.AsSpan(mark).TrimStart(WhiteSpace)];
        var reader = new PlainReader();
        bool isRead = text switch
        {
            [] or [0 or (byte)'[', ..] => false, // Nothing, an AWS event stream, or an array.
            [(byte)'{', ..] => TryReadJson(text, reader),
            [(byte)':' or (byte)'d' or (byte)'e' or (byte)'i' or (byte)'r', ..] => TryReadEvents(text, reader),
            [var first, ..] => mediaType == "text/event-stream" && first != ByteOrderMark[0] && TryReadEvents(text, reader),
        };
        return isRead ? reader.Facts : null;
    }

    private static bool TryReadJson(byte[] text, PlainReader reader)
    {
        if (!IsCutShort(text))
        {
            reader.End();
        }

        return TryReadDocument(text, reader);
    }

    private static bool TryReadEvents(byte[] text, PlainReader reader)
    {
        // The blank line completes an event that the end of the body left open: it may hold the usage.
        using var stream = new MemoryStream([.. text, .. "\n\n"u8]);
        foreach (SseItem<byte[]> item in SseParser.Create(stream, static (_, data) => data.ToArray()).Enumerate())
        {
            if (item.Data.AsSpan().StartsWith("[DONE]"u8))
            {
                reader.End();
            }
            else if (!TryReadDocument(item.Data, reader))
            {
                return false;
            }

            if (reader.IsComplete)
            {
                break;
            }
        }

        return true;
    }

    /// <summary>Reads a document; what certainly is none, no object or not all of one, says nothing, and the next may be read.</summary>
    private static bool TryReadDocument(byte[] text, PlainReader reader)
    {
        if (text.AsSpan().TrimStart(WhiteSpace) is [] or [not ((byte)'{' or (byte)'['), ..])
        {
            return true;
        }

        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth });
            JsonElement root = document.RootElement;
            root = root.ValueKind == JsonValueKind.Array && root.GetArrayLength() == 1 ? root[0] : root; // Some put an error into an array.
            return root.ValueKind == JsonValueKind.Object && reader.TryRead(root);
        }
        catch (JsonException)
        {
            return IsCutShort(text);
        }
        catch (InvalidOperationException)
        {
            return false; // A name that is no text, such as half a surrogate pair.
        }
    }

    private static bool IsCutShort(byte[] text)
    {
        try
        {
            var json = new Utf8JsonReader(text, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = MaxDepth }));
            while (json.Read())
            {
            }

            return json.TokenType != JsonTokenType.EndObject || json.CurrentDepth > 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
