using System.Buffers;
using System.Runtime.CompilerServices;

namespace UsageCapture.Decoding;

/// <summary>Splits server-sent events into tokens. The bytes come in pieces that may be cut anywhere; the decoder keeps none of them.</summary>
/// <remarks>
/// <para>Call <see cref="TryRead"/> for each piece until it returns false.</para>
/// <para>
/// The HTML standard, "9.2.6 Interpreting an event stream", is quoted at the branches. The byte order mark that may lead a stream is left
/// to the caller.
/// </para>
/// <code>
/// state       | name bytes | colon        | value bytes | line end
/// FieldName   | FieldName  | AfterColon   |             | FieldName, end of the line
/// AfterColon  |            |              | Data or Ignored, without one leading space | as Data or Ignored
/// Data        |            |              | Data, token | FieldName, end of a data line
/// Ignored     |            |              | Ignored     | FieldName, end of the line
/// </code>
/// </remarks>
internal sealed class SseDecoder
{
    // "event" is the longest field name of the standard. A longer name is not "data".
    private const int MaxName = 8;

    private static readonly SearchValues<byte> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"u8);

    private Name _name;
    private int _nameLength;
    private State _state;
    private bool _skipLineFeed;
    private bool _hasData;
    private bool _hasStrayLine;

    private enum State
    {
        FieldName,
        AfterColon,
        Data,
        Ignored,
    }

    /// <summary>Gets whether data has come that no blank line has completed yet.</summary>
    public bool HasOpenEvent => _hasData;

    /// <summary>Gets whether the last byte was a CR. A LF after it belongs to the same line end.</summary>
    public bool IsAfterCarriageReturn => _skipLineFeed;

    private bool IsData => ((ReadOnlySpan<byte>)_name)[.._nameLength].SequenceEqual("data"u8);

    /// <summary>Reads up to the next token.</summary>
    /// <param name="bytes">The bytes at hand. The bytes that were read are removed from the front.</param>
    /// <param name="token">The token.</param>
    /// <param name="data">The piece of data, for <see cref="SseToken.Data"/>.</param>
    /// <returns>False when the bytes are used up.</returns>
    public bool TryRead(ref ReadOnlySpan<byte> bytes, out SseToken token, out ReadOnlySpan<byte> data)
    {
        data = default;
        token = default;
        while (!bytes.IsEmpty)
        {
            // "end-of-line = ( cr lf / cr / lf )". A CR ends the line at once, because no other byte may follow for a long time.
            if (_skipLineFeed)
            {
                _skipLineFeed = false;
                if (bytes[0] == (byte)'\n')
                {
                    bytes = bytes[1..];
                    continue;
                }
            }

            if (_state == State.AfterColon)
            {
                _state = IsData ? State.Data : State.Ignored;
                _hasData |= _state == State.Data;

                // "If value starts with a U+0020 SPACE character, remove it from value."
                if (bytes[0] == (byte)' ')
                {
                    bytes = bytes[1..];
                    continue;
                }
            }

            if (_state == State.FieldName)
            {
                ReadName(ref bytes);
            }
            else
            {
                int length = bytes.IndexOfAny((byte)'\n', (byte)'\r');
                ReadOnlySpan<byte> value = length < 0 ? bytes : bytes[..length];
                bytes = bytes[value.Length..];
                if (_state == State.Data && !value.IsEmpty)
                {
                    token = SseToken.Data;
                    data = value;
                    return true;
                }
            }

            if (!bytes.IsEmpty && bytes[0] is (byte)'\n' or (byte)'\r')
            {
                _skipLineFeed = bytes[0] == (byte)'\r';
                bytes = bytes[1..];
                if (EndLine() is { } ended)
                {
                    token = ended;
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>
    /// Returns whether a line has come that is no field: its start cannot be a name. Some gateways lose the <c>data:</c> of a line, or put an
    /// error page into the stream. Further calls return false until there is another one.
    /// </summary>
    public bool TakeStrayLine()
    {
        bool hasStrayLine = _hasStrayLine;
        _hasStrayLine = false;
        return hasStrayLine;
    }

    /// <summary>Reads a field's name up to its colon or the end of the line. A comment has an empty name.</summary>
    private void ReadName(ref ReadOnlySpan<byte> bytes)
    {
        int length = bytes.IndexOfAny((byte)':', (byte)'\n', (byte)'\r');
        ReadOnlySpan<byte> part = length < 0 ? bytes : bytes[..length];

        // The first bytes decide, as many as are looked at in whatever pieces they come.
        _hasStrayLine |= part[..Math.Min(part.Length, MaxName + 1 - _nameLength)].ContainsAnyExcept(NameCharacters);
        if (_nameLength + part.Length > MaxName)
        {
            _nameLength = 0;
            _state = State.Ignored;
            return;
        }

        part.CopyTo(_name[_nameLength..]);
        _nameLength += part.Length;
        bytes = bytes[part.Length..];
        if (!bytes.IsEmpty && bytes[0] == (byte)':')
        {
            bytes = bytes[1..];
            _state = State.AfterColon;
        }
    }

    private SseToken? EndLine()
    {
        // "If the line is empty (a blank line): Dispatch the event". "If the data buffer is an empty string", there is none.
        if (_state == State.FieldName && _nameLength == 0)
        {
            SseToken end = _hasData ? SseToken.EndOfEvent : SseToken.EndOfEmptyEvent;
            _hasData = false;
            return end;
        }

        // "Otherwise, the string is not empty but does not contain a colon: use the whole line as the field name, and the empty string
        // as the field value."
        bool isData = _state == State.Data || IsData;
        _hasData |= isData;
        _state = State.FieldName;
        _nameLength = 0;
        return isData ? SseToken.EndOfDataLine : null;
    }

    [InlineArray(MaxName)]
    private struct Name
    {
        private byte _first;
    }
}
