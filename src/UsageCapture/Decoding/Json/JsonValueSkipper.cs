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

    // The offset of the string's text or of the scalar in the current piece.
    private int _start;

    // Whether the value is captured, its slot, and the offset in the current piece of the text that has not been copied yet.
    private bool _isCaptured;
    private int _slot;
    private int _captureStart;

    // Whether text of earlier pieces has been copied.
    private bool _isCaptureOpen;

    private enum Kind
    {
        String,
        Scalar,
        Container,
    }

    // A captured value is read, so nothing in it is a variable range.
    private readonly VariableRangeList? UncapturedRanges => _isCaptured ? null : _variableRanges;

    /// <summary>Discards an unfinished value.</summary>
    public void Reset()
    {
        _endFinder = default;
        _isCaptured = false;
        _isCaptureOpen = false;
    }

    /// <summary>Starts a piece, in which a value may continue.</summary>
    public void BeginPiece()
    {
        _captureStart = 0;
        _start = VariableRangeList.InEarlierPiece;
    }

    /// <summary>Ends a piece: copies the text of a captured value that continues in the next piece.</summary>
    public void EndPiece(ReadOnlySpan<byte> bytes)
    {
        if (!_isCaptured)
        {
            return;
        }

        if (!_isCaptureOpen)
        {
            _captures.Open(_slot);
            _isCaptureOpen = true;
        }

        _captures.Append(bytes[_captureStart..]);
    }

    /// <summary>Starts a value at its first byte. Call <see cref="TrySkip"/> for the bytes after it.</summary>
    /// <param name="first">The first byte.</param>
    /// <param name="position">Its offset in the current piece.</param>
    /// <param name="shape">The shape of the value; null if it is not wanted.</param>
    /// <returns>False if no JSON value begins with this byte.</returns>
    public bool TryBegin(byte first, int position, JsonShape? shape)
    {
        if (shape is { Slot: not JsonShape.NoSlot, IsObject: false })
        {
            Report(shape, position, isNull: first == (byte)'n');
        }

        // RFC 8259: "A JSON value MUST be an object, array, number, or string, or one of the following three literal names:
        // false null true".
        switch (first)
        {
            case (byte)'"':
                _kind = Kind.String;
                _start = position + 1;
                return true;
            case (byte)'{' or (byte)'[':
                _kind = Kind.Container;
                _endFinder.BeginContainer();
                return true;
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9') or (byte)'t' or (byte)'f' or (byte)'n':
                _kind = Kind.Scalar;
                _start = position;
                return true;
            default:
                return false;
        }
    }

    /// <summary>Moves to the byte after the value, or to the end of the piece.</summary>
    /// <returns>True if the value has ended; false if it continues in the next piece.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TrySkip(ReadOnlySpan<byte> bytes, ref int position)
    {
        bool hasEnded = _kind == Kind.String ? TrySkipString(bytes, ref position)
            : _kind == Kind.Scalar ? TrySkipScalar(bytes, ref position)
            : _endFinder.TrySkipContainer(bytes, ref position, UncapturedRanges);
        if (hasEnded && _isCaptured)
        {
            EndCapture(bytes[_captureStart..position]);
        }

        return hasEnded;
    }

    /// <summary>Starts to capture the value, or reports only its presence, as the shape says. Null is not present.</summary>
    private void Report(JsonShape shape, int position, bool isNull)
    {
        if (shape.IsCaptured)
        {
            _isCaptured = true;
            _slot = shape.Slot;
            _captureStart = position;
        }
        else if (!isNull)
        {
            _captures.AddPresence(shape.Slot);
        }
    }

    private void EndCapture(ReadOnlySpan<byte> rest)
    {
        _isCaptured = false;
        if (_isCaptureOpen)
        {
            _isCaptureOpen = false;
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

        UncapturedRanges?.Add(VariableRangeKind.String, _start, position - 1);
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

        // A literal name is not a variable range: another one at its place makes another kind of event.
        if (_start == VariableRangeList.InEarlierPiece || bytes[_start] is (byte)'-' or (>= (byte)'0' and <= (byte)'9'))
        {
            UncapturedRanges?.Add(VariableRangeKind.Number, _start, position);
        }

        return true;
    }
}
