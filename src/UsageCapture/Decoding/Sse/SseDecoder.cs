using System.Buffers;
using System.Runtime.CompilerServices;

namespace UsageCapture.Decoding;

/// <summary>Splits server-sent events into tokens. The bytes come in pieces that may be cut anywhere; the decoder keeps none of them.</summary>
/// <remarks>
/// <para>
/// Call <see cref="TryRead"/> for each piece until it returns false. A line is a field, <c>name: value</c>, or a comment, which has an empty
/// name. Only the field <c>data</c> is read.
/// </para>
/// <para>
/// The HTML standard, "9.2.6 Interpreting an event stream", is quoted at the branches. The byte order mark that may lead a stream is left
/// to the caller.
/// </para>
/// <code>
/// State       Next bytes                    New state   Effect
/// FieldName   name, up to 8 bytes           FieldName   store it
///             name, longer                  Ignored
///             colon                         AfterColon
///             line end                      FieldName   end of the line; an empty line ends the event
/// AfterColon  any, and the name is data     Data        skip one space
///             any, and the name is another  Ignored     skip one space
/// Data        value                         Data        token Data
///             line end                      FieldName   token EndOfDataLine
/// Ignored     value                         Ignored
///             line end                      FieldName
/// </code>
/// </remarks>
internal sealed class SseDecoder
{
    // The longest field name of the standard is "event". A longer name than this is unknown, so its line is ignored.
    private const int MaxNameLength = 8;

    // The characters that field names have, also unknown ones. The start of other text, such as JSON or HTML, has other characters.
    private static readonly SearchValues<byte> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"u8);

    // The name of the current line, kept until the line ends. The length is zero for a comment and for a name that is too long.
    private Name _name;
    private int _nameLength;
    private State _state;

    // Whether the current event has a data line so far.
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
    public bool IsAfterCarriageReturn { get; private set; }

    private bool IsNameData => ((ReadOnlySpan<byte>)_name)[.._nameLength].SequenceEqual("data"u8);

    /// <summary>Reads up to the next token.</summary>
    /// <param name="bytes">The next bytes of the stream. The bytes that were read are removed from the front.</param>
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
            if (IsAfterCarriageReturn)
            {
                IsAfterCarriageReturn = false;
                if (bytes[0] == (byte)'\n')
                {
                    bytes = bytes[1..];
                    continue;
                }
            }

            if (_state == State.AfterColon)
            {
                _state = IsNameData ? State.Data : State.Ignored;
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
                IsAfterCarriageReturn = bytes[0] == (byte)'\r';
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

    /// <summary>Returns whether a line has come since the last call that is not a field, because its start cannot be a name.</summary>
    /// <remarks>Some gateways lose the <c>data:</c> of a line, or put an error page into the stream.</remarks>
    public bool ConsumeStrayLine()
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

        // Only the first bytes decide, so that the result does not depend on how the name is cut into pieces.
        _hasStrayLine |= part[..Math.Min(part.Length, MaxNameLength + 1 - _nameLength)].ContainsAnyExcept(NameCharacters);
        if (_nameLength + part.Length > MaxNameLength)
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

    /// <summary>Ends a line.</summary>
    /// <returns>The token that ends here; null after a line that is ignored.</returns>
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
        // The name is compared only for a line without a colon. In Ignored, it is never "data".
        bool isData = _state == State.Data || IsNameData;
        _hasData |= isData;
        _state = State.FieldName;
        _nameLength = 0;
        return isData ? SseToken.EndOfDataLine : null;
    }

    // An array in the object itself, so that a decoder needs one allocation.
    [InlineArray(MaxNameLength)]
    private struct Name
    {
        private byte _first;
    }
}
