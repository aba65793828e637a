using System.Text.Json;

namespace UsageCapture.Capture;

/// <summary>Follows which choices of a streamed chat have finished, and recognises the event that comes of asking for usage.</summary>
internal sealed class ChoiceProgress
{
    // OpenAI allows 128 choices.
    private const int MaxChoices = 1024;

    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = 512 };

    private readonly HashSet<int> _open = [];
    private readonly HashSet<int> _finished = [];

    /// <summary>Gets whether every choice that began has finished, and at least one did.</summary>
    public bool AllFinished => _finished.Count > 0 && _open.Count == 0;

    /// <summary>Reads an event.</summary>
    /// <param name="lines">The event's lines.</param>
    /// <returns>Whether it has usage and neither choices nor anything else that the caller would have been sent unasked.</returns>
    public bool Read(ReadOnlySpan<byte> lines)
    {
        try
        {
            ReadOnlySpan<byte> data = DataOf(lines);
            return data is [(byte)'{', ..] && ReadDocument(data);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false; // It is no chunk, and says nothing of the choices.
        }
    }

    private static ReadOnlySpan<byte> DataOf(ReadOnlySpan<byte> lines)
    {
        ReadOnlySpan<byte> data = default;
        while (!lines.IsEmpty)
        {
            int length = lines.IndexOfAny((byte)'\n', (byte)'\r');
            ReadOnlySpan<byte> line = length < 0 ? lines : lines[..length];
            lines = length < 0 ? default : lines[(length + 1)..];
            if (line.StartsWith("data:"u8))
            {
                ReadOnlySpan<byte> value = line[5..].TrimStart((byte)' ');
                data = data.IsEmpty ? value : (byte[])[.. data, (byte)'\n', .. value];
            }
        }

        return data;
    }

    private bool ReadDocument(ReadOnlySpan<byte> data)
    {
        bool hasChoices = false;
        bool hasUsage = false;
        bool hasMore = false;
        var reader = new Utf8JsonReader(data, AnyDepth);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isChoices = reader.ValueTextEquals("choices"u8);
            bool isUsage = reader.ValueTextEquals("usage"u8);
            bool isMore = reader.ValueTextEquals("error"u8) || reader.ValueTextEquals("prompt_filter_results"u8);
            reader.Read();
            hasUsage |= isUsage && reader.TokenType == JsonTokenType.StartObject;
            hasMore |= isMore && reader.TokenType != JsonTokenType.Null;
            if (isChoices && reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    hasChoices = true;
                    ReadChoice(ref reader);
                }
            }
            else
            {
                reader.Skip();
            }
        }

        return hasUsage && !hasChoices && !hasMore;
    }

    private void ReadChoice(ref Utf8JsonReader reader)
    {
        int index = 0;
        bool finishes = false;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isIndex = reader.ValueTextEquals("index"u8);
            bool isReason = reader.ValueTextEquals("finish_reason"u8);
            reader.Read();
            index = isIndex && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int value) ? value : index;
            finishes |= isReason && reader.TokenType == JsonTokenType.String && !reader.ValueTextEquals(default(ReadOnlySpan<byte>));
            reader.Skip();
        }

        if (index is >= 0 and < MaxChoices)
        {
            if (finishes)
            {
                _open.Remove(index);
                _finished.Add(index);
            }
            else if (!_finished.Contains(index))
            {
                _open.Add(index);
            }
        }
    }
}
