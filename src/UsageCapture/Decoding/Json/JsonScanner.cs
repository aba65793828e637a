using System.Runtime.CompilerServices;

namespace UsageCapture.Decoding;

/// <summary>Finds the wanted parts of one JSON document that arrives in pieces, cut anywhere.</summary>
/// <remarks>
/// It follows the structure of the document only where a <see cref="JsonShape"/> leads, and passes over everything else by counting
/// brackets and minding strings, so that neither a long text nor a deep tree costs memory. It checks the grammar of the containers
/// that it enters; the inside of what it captures or passes over it takes on trust.
/// </remarks>
internal sealed class JsonScanner
{
    /// <summary>The most levels of a shape. The deepest of those here has four.</summary>
    public const int MaxDepth = 8;

    private readonly JsonShape _root;
    private readonly JsonCaptures _captures;
    private readonly VariableRangeList? _holes;

    // The containers entered, the outermost first.
    private Containers _entered;
    private int _depth;
    private State _state;

    // Whether an array is open around the document, as some servers put one around an error.
    private bool _isWrapped;

    // What the shape says of the value that comes next or is under way; null when nobody wants it.
    private JsonShape? _wanted;

    // The name under way, when it was cut or has escapes.
    private JsonMemberName? _name;

    // The value under way, when it is not entered.
    private JsonLeaf _leaf;

    /// <summary>Makes a scanner.</summary>
    /// <param name="root">What is wanted of a document.</param>
    /// <param name="captures">Where it is put.</param>
    /// <param name="holes">Where the places are noted whose content nobody wants; null when nobody asks for them.</param>
    public JsonScanner(JsonShape root, JsonCaptures captures, VariableRangeList? holes = null)
    {
        _root = root;
        _captures = captures;
        _holes = holes;
        _leaf = new JsonLeaf(captures, holes);
        _wanted = root;
    }

    private enum State
    {
        Value,
        FirstElement,
        FirstName,
        NextName,
        Name,
        Colon,
        AfterValue,
        Leaf,
        Complete,
        Broken,
    }

    /// <summary>Gets whether the document has been closed, with the array around it if there is one, and nothing but white space behind it.</summary>
    public bool IsComplete => _state == State.Complete && !_isWrapped;

    /// <summary>Makes ready for the next document.</summary>
    public void Reset()
    {
        _captures.Clear();
        _holes?.Clear();
        _depth = 0;
        _state = State.Value;
        _isWrapped = false;
        _wanted = _root;
        _leaf.Reset();
    }

    /// <summary>Takes the next piece of the document.</summary>
    /// <param name="bytes">The piece.</param>
    /// <param name="origin">Where the piece stands in what holes are counted from.</param>
    /// <returns>
    /// How many of the bytes were taken: all, or, in the piece that completes the document, those up to its last bracket. What follows
    /// the bracket may be given to the next call, and must be white space for the document to stay complete.
    /// </returns>
    public int Scan(ReadOnlySpan<byte> bytes, int origin = 0)
    {
        if (_state == State.Complete)
        {
            PassBehind(bytes);
        }

        if (_state is State.Complete or State.Broken)
        {
            return bytes.Length;
        }

        if (_holes is not null)
        {
            _holes.PieceStart = origin;
        }

        _leaf.BeginPiece();
        int position = 0;
        while (position < bytes.Length)
        {
            position = PassMember(bytes, position);
            if (_state is State.Complete)
            {
                return position;
            }

            if (_state is State.Broken)
            {
                return bytes.Length;
            }
        }

        _leaf.EndPiece(bytes);
        return position;
    }

    /// <summary>Goes through the steps in the order in which a member takes them, from whichever is due, as far as the bytes go.</summary>
    /// <remarks>It looks simpler to choose the one step that is due each time; the processor then guesses wrong at every choice.</remarks>
    private int PassMember(ReadOnlySpan<byte> bytes, int position)
    {
        if (_state is State.FirstName or State.NextName)
        {
            position = BeginName(bytes, position);
        }

        if (_state == State.Name)
        {
            position = ContinueName(bytes, position);
        }

        if (_state == State.Colon)
        {
            position = PassColon(bytes, position);
        }

        if (_state is State.Value or State.FirstElement)
        {
            position = BeginValue(bytes, position);
        }

        if (_state == State.Leaf && _leaf.Pass(bytes, ref position))
        {
            EndValue();
        }

        return _state == State.AfterValue ? LeaveValue(bytes, position) : position;
    }

    /// <summary>Passes what stands behind the document: white space, and the end of the array around it.</summary>
    private void PassBehind(ReadOnlySpan<byte> bytes)
    {
        int position = SkipWhiteSpace(bytes, 0);
        if (position < bytes.Length && _isWrapped && bytes[position] == (byte)']')
        {
            _isWrapped = false;
            position = SkipWhiteSpace(bytes, position + 1);
        }

        _state = position < bytes.Length ? State.Broken : State.Complete;
    }

    private static int SkipWhiteSpace(ReadOnlySpan<byte> bytes, int position)
    {
        while (position < bytes.Length && bytes[position] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            position++;
        }

        return position;
    }

    private int BeginValue(ReadOnlySpan<byte> bytes, int position)
    {
        position = SkipWhiteSpace(bytes, position);
        if (position == bytes.Length)
        {
            return position;
        }

        byte first = bytes[position];
        if (first == (byte)']' && _state == State.FirstElement)
        {
            return Leave(position + 1);
        }

        if (first == (byte)'{' && _wanted is { IsObject: true })
        {
            return Enter(_wanted, isArray: false, position);
        }

        if (first == (byte)'[' && _wanted is { Element: not null })
        {
            return Enter(_wanted, isArray: true, position);
        }

        if (_depth == 0)
        {
            bool isArray = first == (byte)'[' && !_isWrapped;
            _isWrapped |= isArray;
            _state = isArray ? State.Value : State.Broken;
            return isArray ? position + 1 : position;
        }

        _state = _leaf.TryBegin(first, position, _wanted) ? State.Leaf : State.Broken;
        return position + 1;
    }

    private int Enter(JsonShape shape, bool isArray, int position)
    {
        if (shape.Slot != JsonShape.NoSlot)
        {
            _captures.Announce(shape.Slot);
        }

        _entered[_depth++] = shape;
        _wanted = shape.Element;
        _state = isArray ? State.FirstElement : State.FirstName;
        return position + 1;
    }

    private int BeginName(ReadOnlySpan<byte> bytes, int position)
    {
        position = SkipWhiteSpace(bytes, position);
        if (position == bytes.Length)
        {
            return position;
        }

        if (bytes[position] == (byte)'}' && _state == State.FirstName)
        {
            return Leave(position + 1);
        }

        if (bytes[position] != (byte)'"')
        {
            _state = State.Broken;
            return position;
        }

        position++;
        int length = ShortSearch.IndexOfQuoteOrBackslash(bytes[position..]);
        if (length >= 0 && bytes[position + length] == (byte)'"')
        {
            EndName(bytes.Slice(position, length));
            return position + length + 1;
        }

        _name ??= new JsonMemberName();
        _name.Clear();
        _state = State.Name;
        return position;
    }

    private int ContinueName(ReadOnlySpan<byte> bytes, int position)
    {
        if (!_name!.TryRead(bytes, ref position))
        {
            return position;
        }

        if (_name.TryGetText(out ReadOnlySpan<byte> name))
        {
            EndName(name);
        }
        else
        {
            _state = State.Broken;
        }

        return position;
    }

    private void EndName(ReadOnlySpan<byte> name)
    {
        _wanted = _entered[_depth - 1].Member(name);
        _state = State.Colon;
    }

    private int PassColon(ReadOnlySpan<byte> bytes, int position)
    {
        position = SkipWhiteSpace(bytes, position);
        if (position == bytes.Length)
        {
            return position;
        }

        _state = bytes[position] == (byte)':' ? State.Value : State.Broken;
        return position + 1;
    }

    private int LeaveValue(ReadOnlySpan<byte> bytes, int position)
    {
        int paddingStart = position;
        position = SkipWhiteSpace(bytes, position);
        if (position == bytes.Length)
        {
            return position;
        }

        JsonShape shape = _entered[_depth - 1];
        bool isArray = shape.Element is not null;
        byte next = bytes[position++];
        if (next == (byte)',')
        {
            _wanted = shape.Element;
            _state = isArray ? State.Value : State.NextName;
        }
        else if (next == (isArray ? (byte)']' : (byte)'}'))
        {
            if (_depth == 1)
            {
                _holes?.Add(VariableRangeKind.Padding, paddingStart, position - 1);
            }

            return Leave(position);
        }
        else
        {
            _state = State.Broken;
        }

        return position;
    }

    private int Leave(int position)
    {
        _depth--;
        EndValue();
        return position;
    }

    private void EndValue() => _state = _depth == 0 ? State.Complete : State.AfterValue;

    [InlineArray(MaxDepth)]
    private struct Containers
    {
        private JsonShape _outermost;
    }
}
