using System.Buffers;
using System.Text.Json;

namespace UsageCapture.Requests;

/// <summary>Takes the events out of a stream that report nothing but usage, once every choice has finished.</summary>
/// <remarks>
/// It is pushed bytes cut anywhere. Those before every choice has finished are the caller's as they come; from then on an event is held
/// until its blank line, unless its first bytes show that it is another. Lines end in LF, CRLF or CR, and the line ends of an event that
/// is taken out go with it. An event too long to be one of usage is passed on.
/// </remarks>
internal sealed class InjectedEventFilter
{
    private const int MaxEvent = 64 * 1024;

    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = 512 };

    private readonly ArrayBufferWriter<byte> _passed = new();

    // What there is of the event that may be one of usage: all of it, and none of it has been passed on.
    private readonly ArrayBufferWriter<byte> _held = new();
    private bool _isPassing;
    private bool _lineIsEmpty;
    private bool _isAfterCarriageReturn;
    private bool _lastWasTakenOut;

    /// <summary>Takes the next bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="beforeEnd">How many of them may be handed over at once.</param>
    /// <param name="finishedAt">Where among them every choice had finished, which is between two events; null when some have not.</param>
    /// <param name="later">What follows the bytes that are handed over as they stand, until the next call.</param>
    /// <returns>How many of the bytes are to be handed over as they stand.</returns>
    public int Take(ReadOnlySpan<byte> bytes, int beforeEnd, int? finishedAt, out ReadOnlyMemory<byte> later)
    {
        _passed.ResetWrittenCount();
        int open = finishedAt ?? bytes.Length;
        int untouched = _held.WrittenCount == 0 ? Math.Min(open, beforeEnd) : 0;
        if (open > 0)
        {
            PassHeld();
            _passed.Write(bytes[untouched..open]);
            BeginEvent(takenOut: false);
            _lineIsEmpty = true;
            _isAfterCarriageReturn = true; // It may have been one, and the LF behind it is the caller's.
        }

        Filter(bytes[open..]);
        later = _passed.WrittenMemory;
        return untouched;
    }

    /// <summary>Takes the end of the body, which ends an event that has no blank line.</summary>
    /// <returns>What was held and is no event of usage.</returns>
    public ReadOnlyMemory<byte> Complete()
    {
        _passed.ResetWrittenCount();
        EndEvent();
        return _passed.WrittenMemory;
    }

    /// <summary>Gives back what is held of an event that will not be completed any more.</summary>
    public ReadOnlyMemory<byte> Release()
    {
        _passed.ResetWrittenCount();
        PassHeld();
        return _passed.WrittenMemory;
    }

    private void Filter(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_isAfterCarriageReturn)
            {
                _isAfterCarriageReturn = false;
                if (bytes[0] == (byte)'\n')
                {
                    TakeLineFeed();
                    bytes = bytes[1..];
                    continue;
                }
            }

            int length = bytes.IndexOfAny((byte)'\n', (byte)'\r');
            ReadOnlySpan<byte> piece = length < 0 ? bytes : bytes[..(length + 1)];
            bytes = bytes[piece.Length..];
            Take(piece);
            bool isBlank = _lineIsEmpty && length == 0;
            _lineIsEmpty = length >= 0;
            _isAfterCarriageReturn = piece[^1] == (byte)'\r';
            if (isBlank)
            {
                EndEvent();
            }
        }
    }

    /// <summary>Takes the LF of a CRLF, which belongs to the line before it.</summary>
    private void TakeLineFeed()
    {
        bool isInEvent = _isPassing || _held.WrittenCount > 0;
        if (isInEvent || !_lastWasTakenOut)
        {
            (isInEvent && !_isPassing ? _held : _passed).Write("\n"u8);
        }
    }

    private void Take(ReadOnlySpan<byte> piece)
    {
        (_isPassing ? _passed : _held).Write(piece);
        if (!_isPassing && (_held.WrittenCount > MaxEvent || !CouldBeUsage(_held.WrittenSpan)))
        {
            PassHeld();
            _isPassing = true;
        }
    }

    private void EndEvent()
    {
        bool isUsage = !_isPassing && IsUsage(_held.WrittenSpan);
        if (!isUsage)
        {
            PassHeld();
        }

        BeginEvent(isUsage);
    }

    private void BeginEvent(bool takenOut)
    {
        _held.ResetWrittenCount();
        _isPassing = false;
        _lastWasTakenOut = takenOut;
    }

    private void PassHeld()
    {
        _passed.Write(_held.WrittenSpan);
        _held.ResetWrittenCount();
    }

    /// <summary>Gets whether an event may be one of usage, as far as it goes: the terminator is not, nor is what is no stream of events.</summary>
    private static bool CouldBeUsage(ReadOnlySpan<byte> start) =>
        start.StartsWith("data:"u8)
            ? start[5..].TrimStart((byte)' ') is [] or [(byte)'{', ..]
            : start[0] is not ((byte)'{' or (byte)'[');

    /// <summary>Gets whether an event has usage and neither choices nor anything else that the caller would have been sent unasked.</summary>
    private static bool IsUsage(ReadOnlySpan<byte> lines)
    {
        try
        {
            ReadOnlySpan<byte> data = DataOf(lines);
            return data is [(byte)'{', ..] && IsUsageDocument(data);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
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

    private static bool IsUsageDocument(ReadOnlySpan<byte> data)
    {
        bool hasUsage = false;
        bool hasMore = false;
        var reader = new Utf8JsonReader(data, AnyDepth);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isUsage = reader.ValueTextEquals("usage"u8);
            bool isChoices = reader.ValueTextEquals("choices"u8);
            bool isMore = reader.ValueTextEquals("error"u8) || reader.ValueTextEquals("prompt_filter_results"u8) || reader.ValueTextEquals("moderation"u8);
            reader.Read();
            hasUsage |= isUsage && reader.TokenType == JsonTokenType.StartObject;
            hasMore |= isMore && reader.TokenType != JsonTokenType.Null;
            if (isChoices && reader.TokenType == JsonTokenType.StartArray)
            {
                reader.Read();
                if (reader.TokenType != JsonTokenType.EndArray)
                {
                    return false;
                }
            }
            else
            {
                reader.Skip();
            }
        }

        return hasUsage && !hasMore;
    }
}
