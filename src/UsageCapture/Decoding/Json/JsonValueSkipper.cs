using System.Buffers;
using System.Runtime.CompilerServices;

namespace UsageCapture.Decoding;

/// <summary>Skips one JSON value that a <see cref="JsonScanner"/> does not enter, and copies its text if the shape asks for it.</summary>
/// <remarks>
/// Usage, by <see cref="JsonScanner"/>:
/// <code>
/// Reset()                     before each document.
/// BeginPiece()                at the start of each piece.
///   TryBegin(first, ...)      at the first byte of a value.
///   TrySkip(bytes, ...)       until it returns true, also in later pieces.
/// EndPiece(bytes)             at the end of each piece.
/// </code>
/// This struct is mutable: do not copy it, and store it in a field that is not readonly.
/// </remarks>
/// <param name="captures">Receives the text of values that the shape captures.</param>
/// <param name="variableRanges">Receives the strings and numbers that are not captured; null if they are not recorded.</param>
internal struct JsonValueSkipper(JsonCaptures captures, VariableRangeList? variableRanges)
{
    // The bytes that can follow a number or literal name in valid JSON, and the quote, which ends it in invalid JSON.
    private static readonly SearchValues<byte> ScalarEnds = SearchValues.Create(",]} \t\r\n\""u8);

    private readonly JsonCaptures _captures = captures;
    private readonly VariableRangeList? _variableRanges = variableRanges;

    private Kind _kind;
    private JsonEndFinder _endFinder;

    // Where the string's text or the scalar starts in the current piece; InEarlierPiece if it started before. Not used for containers.
    private int _rangeStart;

    // Whether the current value is being captured, and its slot.
    private bool _isCapturing;
    private int _slot;

    // Where the text of the captured value that has not been copied yet starts in the current piece.
    private int _uncopiedStart;

    // Whether text of earlier pieces has been copied.
    private bool _hasCopiedText;

    // How the end of the value is found. A scalar is a number or a literal name.
    private enum Kind
    {
        String,
        Scalar,
        Container,
    }

    // A captured value is read, so nothing in it is a variable range.
    private readonly VariableRangeList? UncapturedRanges => _isCapturing ? null : _variableRanges;

    /// <summary>Discards an unfinished value.</summary>
    public void Reset()
    {
        _endFinder = default;
        _isCapturing = false;
        _hasCopiedText = false;
    }

    /// <summary>Starts a piece, in which a value may continue.</summary>
    public void BeginPiece()
    {
        _uncopiedStart = 0;
        _rangeStart = VariableRangeList.InEarlierPiece;
    }

    /// <summary>Ends a piece: copies the text of a captured value that continues in the next piece.</summary>
    public void EndPiece(ReadOnlySpan<byte> bytes)
    {
        if (!_isCapturing)
        {
            return;
        }

        if (!_hasCopiedText)
        {
            _captures.Open(_slot);
            _hasCopiedText = true;
        }

        _captures.Append(bytes[_uncopiedStart..]);
    }

    /// <summary>Starts a value at its first byte. Call <see cref="TrySkip"/> for the bytes after it.</summary>
    /// <param name="first">The first byte.</param>
    /// <param name="position">Its offset in the current piece.</param>
    /// <param name="shape">The shape of the value; null if it is not wanted.</param>
    /// <returns>False if no JSON value begins with this byte.</returns>
    public bool TryBegin(byte first, int position, JsonShape? shape)
    {
        // The scanner reports the presence of a value with wanted members when it enters it as an object, and only then. If no value begins here,
        // the document is malformed and its captures are discarded.
        if (shape is { Slot: not JsonShape.NoSlot, HasWantedMembers: false })
        {
            BeginCaptureOrAddPresence(shape, position, isNull: first == (byte)'n'); // No other value begins with n.
        }

        // RFC 8259: "A JSON value MUST be an object, array, number, or string, or one of the following three literal names:
        // false null true".
        switch (first)
        {
            case (byte)'"':
                _kind = Kind.String;
                _rangeStart = position + 1;
                return true;
            case (byte)'{' or (byte)'[':
                _kind = Kind.Container;
                _endFinder.BeginContainer();
                return true;
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9') or (byte)'t' or (byte)'f' or (byte)'n':
                _kind = Kind.Scalar;
                _rangeStart = position;
                return true;
            default:
                return false;
        }
    }

    /// <summary>Moves to the byte after the value, or to the end of the piece.</summary>
    /// <returns>True if the value has ended; false if it continues in the next piece.</returns>
    // Inlined, because the scanner calls it for each value that it does not enter, and most of these values are short.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TrySkip(ReadOnlySpan<byte> bytes, ref int position)
    {
        bool hasEnded = _kind == Kind.String ? TrySkipString(bytes, ref position)
            : _kind == Kind.Scalar ? TrySkipScalar(bytes, ref position)
            : _endFinder.TrySkipContainer(bytes, ref position, UncapturedRanges);
        if (hasEnded && _isCapturing)
        {
            EndCapture(bytes[_uncopiedStart..position]);
        }

        return hasEnded;
    }

    /// <summary>Starts to capture the value, or reports only its presence, as the shape says. Null is not present.</summary>
    private void BeginCaptureOrAddPresence(JsonShape shape, int position, bool isNull)
    {
        if (shape.KeepsText)
        {
            _isCapturing = true;
            _slot = shape.Slot;
            _uncopiedStart = position;
        }
        else if (!isNull)
        {
            _captures.AddPresence(shape.Slot);
        }
    }

    private void EndCapture(ReadOnlySpan<byte> rest)
    {
        _isCapturing = false;
        if (_hasCopiedText)
        {
            _hasCopiedText = false;
            _captures.Append(rest);
            _captures.Close();
        }
        else
        {
            _captures.Add(_slot, rest);
        }
    }

    private bool TrySkipString(ReadOnlySpan<byte> bytes, ref int position)
    {
        if (!_endFinder.TrySkipString(bytes, ref position))
        {
            return false;
        }

        UncapturedRanges?.Add(VariableRangeKind.String, _rangeStart, position - 1);
        return true;
    }

    private readonly bool TrySkipScalar(ReadOnlySpan<byte> bytes, ref int position)
    {
        int length = bytes[position..].IndexOfAny(ScalarEnds);
        if (length < 0)
        {
            position = bytes.Length;
            return false;
        }

        position += length;

        // A literal name is not a variable range: another one at its place makes another kind of event. A scalar from an earlier piece may be
        // either. The list notes only that it is incomplete then, and the event is not learned.
        if (_rangeStart == VariableRangeList.InEarlierPiece || bytes[_rangeStart] is (byte)'-' or (>= (byte)'0' and <= (byte)'9'))
        {
            UncapturedRanges?.Add(VariableRangeKind.Number, _rangeStart, position);
        }

        return true;
    }
}
