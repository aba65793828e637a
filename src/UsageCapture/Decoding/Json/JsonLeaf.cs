using System.Buffers;
using System.Runtime.CompilerServices;

namespace UsageCapture.Decoding;

/// <summary>A value under way that a <see cref="JsonScanner"/> does not enter: kept when it is wanted, otherwise passed over.</summary>
/// <remarks>It is mutable: keep it in a field that is not read-only.</remarks>
/// <param name="captures">Where what is wanted is put.</param>
/// <param name="holes">Where the places are noted whose content nobody wants; null when nobody asks for them.</param>
internal struct JsonLeaf(JsonCaptures captures, VariableRangeList? holes)
{
    private static readonly SearchValues<byte> AfterScalar = SearchValues.Create(",]} \t\r\n"u8);

    private readonly JsonCaptures _captures = captures;
    private readonly VariableRangeList? _holes = holes;

    private Kind _kind;

    // Where the string or the container stands that is being passed over.
    private JsonSkip _skip;

    // Where the string or number begins in the piece at hand.
    private int _begin;

    // Whether the value is kept and for what, where what is to be kept of it begins in the piece at hand, and whether part of it is kept.
    private bool _isKept;
    private int _slot;
    private int _keptFrom;
    private bool _keptIsOpen;

    private enum Kind
    {
        String,
        Scalar,
        Container,
    }

    // Where holes are noted, while what is under way is not kept.
    private readonly VariableRangeList? Unwanted => _isKept ? null : _holes;

    /// <summary>Forgets the value under way.</summary>
    public void Reset()
    {
        _skip = default;
        _isKept = false;
        _keptIsOpen = false;
    }

    /// <summary>Makes ready for the next piece of the document, in which the value may go on.</summary>
    public void BeginPiece()
    {
        _keptFrom = 0;
        _begin = VariableRangeList.InEarlierPiece;
    }

    /// <summary>Keeps what the piece has of a value that does not end in it.</summary>
    public void EndPiece(ReadOnlySpan<byte> bytes)
    {
        if (!_isKept)
        {
            return;
        }

        if (!_keptIsOpen)
        {
            _captures.Open(_slot);
            _keptIsOpen = true;
        }

        _captures.Append(bytes[_keptFrom..]);
    }

    /// <summary>Begins a value with its first byte; what follows is to be passed over.</summary>
    /// <param name="first">The first byte.</param>
    /// <param name="position">Where it stands.</param>
    /// <param name="wanted">What the shape says of the value; null when nobody wants it.</param>
    /// <returns>False when no value begins so.</returns>
    public bool TryBegin(byte first, int position, JsonShape? wanted)
    {
        if (wanted is { Slot: not JsonShape.NoSlot, IsObject: false })
        {
            Keep(wanted, position);
        }

        switch (first)
        {
            case (byte)'"':
                _kind = Kind.String;
                _begin = position + 1;
                return true;
            case (byte)'{' or (byte)'[':
                _kind = Kind.Container;
                _skip.BeginContainer();
                return true;
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9') or (byte)'t' or (byte)'f' or (byte)'n':
                _kind = Kind.Scalar;
                _begin = position;
                return true;
            default:
                return false;
        }
    }

    /// <summary>Goes to the end of the value.</summary>
    /// <returns>Whether it has ended.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Pass(ReadOnlySpan<byte> bytes, ref int position)
    {
        bool hasEnded = _kind == Kind.String ? PassString(bytes, ref position)
            : _kind == Kind.Scalar ? PassScalar(bytes, ref position)
            : _skip.PassContainer(bytes, ref position, Unwanted);
        if (hasEnded && _isKept)
        {
            EndKept(bytes[_keptFrom..position]);
        }

        return hasEnded;
    }

    /// <summary>Begins to keep the value at the position, or notes that it is there.</summary>
    private void Keep(JsonShape wanted, int position)
    {
        if (wanted.IsCaptured)
        {
            _isKept = true;
            _slot = wanted.Slot;
            _keptFrom = position;
        }
        else
        {
            _captures.Announce(wanted.Slot);
        }
    }

    private void EndKept(ReadOnlySpan<byte> rest)
    {
        _isKept = false;
        if (_keptIsOpen)
        {
            _keptIsOpen = false;
            _captures.Append(rest);
            _captures.Close();
        }
        else
        {
            _captures.Add(_slot, rest);
        }
    }

    private bool PassString(ReadOnlySpan<byte> bytes, ref int position)
    {
        if (!_skip.PassString(bytes, ref position))
        {
            return false;
        }

        Unwanted?.Add(VariableRangeKind.String, _begin, position - 1);
        return true;
    }

    private readonly bool PassScalar(ReadOnlySpan<byte> bytes, ref int position)
    {
        int length = bytes[position..].IndexOfAny(AfterScalar);
        if (length < 0)
        {
            position = bytes.Length;
            return false;
        }

        position += length;
        if (_begin == VariableRangeList.InEarlierPiece || bytes[_begin] is (byte)'-' or (>= (byte)'0' and <= (byte)'9'))
        {
            Unwanted?.Add(VariableRangeKind.Number, _begin, position);
        }

        return true;
    }
}
