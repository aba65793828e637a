using System.Runtime.CompilerServices;

namespace UsageCapture.Decoding;

/// <summary>Scans a JSON document that arrives in pieces, cut anywhere, and captures the parts that a shape names.</summary>
/// <remarks>
/// The scanner enters only the objects and arrays that the <see cref="JsonShape"/> enters. It skips all other values by looking
/// for quotes and brackets, so that a long text or a deep tree needs no memory. It checks the grammar of the containers that it enters,
/// and of nothing else. The document may be the only element of an array, <c>[{...}]</c>, because some servers send errors so. In a stream of
/// server-sent events, each event has one document.
/// <para>
/// For the <see cref="RepeatedEventSkipper"/>, it also records where the values are that no reader uses, and the padding: the spaces before
/// the last bracket, whose number differs between the events of some servers.
/// </para>
/// <para>Usage, by <c>BodyFraming</c>:</para>
/// <code>
/// Scan(piece)       for each piece of the document; again for the rest of a piece if not all of it was scanned.
/// IsComplete        at the end of the event or body: if true, the captures hold all wanted parts of the document.
/// Reset()           before the next document.
/// </code>
/// <para>State machine. White space before a byte is skipped in every state except InName and InValue.</para>
/// <code>
/// State               Next byte                      New state            Effect
/// BeforeValue         { and an object is wanted      BeforeFirstName      enter the object
///                     [ and an array is wanted       BeforeFirstElement   enter the array
///                     first byte of another value    InValue              in a container: start to skip it, and to capture it if wanted
///                     [ around the document, once    BeforeValue          remember the array
/// BeforeFirstElement  ]                              AfterValue           leave the array
///                     as BeforeValue
/// BeforeFirstName     }                              AfterValue           leave the object
///                     quote                          BeforeColon, InName  look the name up; InName if it is cut or has escapes
/// BeforeName          quote                          BeforeColon, InName  look the name up; InName if it is cut or has escapes
/// InName              closing quote                  BeforeColon          look the name up
/// BeforeColon         :                              BeforeValue
/// InValue             end of the value               AfterValue           add the value to the captures if wanted
/// AfterValue          , in an object                 BeforeName
///                     , in an array                  BeforeValue
///                     } or ] of the container        AfterValue           leave the container
/// AfterDocument       ] of the array around it       AfterDocument
/// any                 any other                      Broken
/// </code>
/// <para>Where the outermost container is left, the new state is AfterDocument instead of AfterValue. Broken has no way out but Reset.</para>
/// </remarks>
internal sealed class JsonScanner
{
    /// <summary>
    /// The greatest nesting of containers that a shape may enter, checked by <see cref="JsonPathTree"/>. The deepest shape of this library has
    /// four levels.
    /// </summary>
    public const int MaxDepth = 8;

    private readonly JsonShape _root;
    private readonly JsonCaptures _captures;
    private readonly VariableRangeList? _variableRanges;

    private State _state;

    // The shapes of the containers entered, the outermost first.
    private ShapeStack _enteredShapes;
    private int _depth;

    // Whether the array around the document is open.
    private bool _isOuterArrayOpen;

    // The shape of the next or current value; null if the value is not wanted.
    private JsonShape? _valueShape;

    // The current name, if it is cut between pieces or has escapes; created for the first such name.
    private JsonMemberName? _nameBuffer;

    // The current value, if it is not entered.
    private JsonValueSkipper _valueSkipper;

    /// <summary>Creates a scanner.</summary>
    /// <param name="root">The wanted parts of a document.</param>
    /// <param name="captures">Receives these parts.</param>
    /// <param name="variableRanges">Receives the ranges whose content is not captured; null if they are not recorded.</param>
    public JsonScanner(JsonShape root, JsonCaptures captures, VariableRangeList? variableRanges = null)
    {
        _root = root;
        _captures = captures;
        _variableRanges = variableRanges;
        _valueSkipper = new JsonValueSkipper(captures, variableRanges);
        _valueShape = root;
    }

    private enum State
    {
        BeforeValue,
        BeforeFirstElement,
        BeforeFirstName,
        BeforeName,
        InName,
        BeforeColon,
        AfterValue,
        InValue,
        AfterDocument,
        Broken,
    }

    /// <summary>Gets whether the document is closed, and the array around it too, with only white space after it so far.</summary>
    public bool IsComplete => _state == State.AfterDocument && !_isOuterArrayOpen;

    /// <summary>Prepares for the next document. Clears the captures and the variable ranges.</summary>
    public void Reset()
    {
        _captures.Clear();
        _variableRanges?.Clear();
        _depth = 0;
        _state = State.BeforeValue;
        _isOuterArrayOpen = false;
        _valueShape = _root;
        _valueSkipper.Reset();
    }

    /// <summary>Scans the next piece of the document.</summary>
    /// <param name="bytes">The piece.</param>
    /// <param name="pieceOffset">The offset of the piece in the server-sent event. The variable ranges get offsets in the event, too.</param>
    /// <returns>
    /// How many bytes were scanned: up to and including the bracket that completes the document, otherwise all. The bytes after the bracket may
    /// be scanned by another call; the document is then complete only if they are white space.
    /// </returns>
    public int Scan(ReadOnlySpan<byte> bytes, int pieceOffset = 0)
    {
        if (_state == State.AfterDocument)
        {
            _state = ScanAfterDocument(bytes);
        }

        if (_state is State.AfterDocument or State.Broken)
        {
            return bytes.Length;
        }

        if (_variableRanges is not null)
        {
            _variableRanges.PieceOffset = pieceOffset;
        }

        _valueSkipper.BeginPiece();
        int position = 0;
        while (position < bytes.Length)
        {
            position = ScanMember(bytes, position);
            if (_state == State.AfterDocument)
            {
                return position;
            }

            if (_state == State.Broken)
            {
                return bytes.Length;
            }
        }

        _valueSkipper.EndPiece(bytes);
        return position;
    }

    /// <summary>Scans from the current state to the end of the member or element, as far as the bytes go.</summary>
    /// <remarks>
    /// The state of an open document changes only here.
    /// The states are tested in the order in which a member goes through them. A switch in a loop would be shorter, but the processor
    /// mispredicts almost every jump of such a switch. At the end of the bytes, each step leaves a state for which the later steps do nothing.
    /// Each step copies the position to a local variable, which can stay in a register.
    /// </remarks>
    private int ScanMember(ReadOnlySpan<byte> bytes, int position)
    {
        if (_state is State.BeforeFirstName or State.BeforeName)
        {
            _state = BeginName(bytes, ref position);
        }

        if (_state == State.InName)
        {
            _state = ContinueName(bytes, ref position);
        }

        if (_state == State.BeforeColon)
        {
            _state = ScanColon(bytes, ref position);
        }

        if (_state is State.BeforeValue or State.BeforeFirstElement)
        {
            _state = BeginValue(bytes, ref position);
        }

        if (_state == State.InValue && _valueSkipper.TrySkip(bytes, ref position))
        {
            _state = State.AfterValue;
        }

        if (_state == State.AfterValue)
        {
            _state = ScanAfterValue(bytes, ref position);
        }

        return position;
    }

    /// <summary>Scans bytes after the document: white space, and the closing bracket of the array around it.</summary>
    private State ScanAfterDocument(ReadOnlySpan<byte> bytes)
    {
        int position = SkipWhiteSpace(bytes, 0);
        if (position < bytes.Length && _isOuterArrayOpen && bytes[position] == (byte)']')
        {
            _isOuterArrayOpen = false;
            position = SkipWhiteSpace(bytes, position + 1);
        }

        return position < bytes.Length ? State.Broken : State.AfterDocument;
    }

    // RFC 8259: "Insignificant whitespace is allowed before or after any of the six structural characters": space, tab, LF and CR.
    private static int SkipWhiteSpace(ReadOnlySpan<byte> bytes, int position)
    {
        while (position < bytes.Length && bytes[position] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            position++;
        }

        return position;
    }

    private State BeginValue(ReadOnlySpan<byte> bytes, ref int position)
    {
        int start = SkipWhiteSpace(bytes, position);
        if (start == bytes.Length)
        {
            position = start;
            return _state;
        }

        position = start + 1;
        byte first = bytes[start];
        if (first == (byte)']' && _state == State.BeforeFirstElement)
        {
            return LeaveContainer();
        }

        if (first == (byte)'{' && _valueShape is { HasWantedMembers: true })
        {
            EnterContainer(_valueShape);
            return State.BeforeFirstName;
        }

        if (first == (byte)'[' && _valueShape is { Element: not null })
        {
            EnterContainer(_valueShape);
            return State.BeforeFirstElement;
        }

        if (_depth == 0)
        {
            if (first != (byte)'[' || _isOuterArrayOpen)
            {
                return State.Broken;
            }

            _isOuterArrayOpen = true;
            return State.BeforeValue;
        }

        return _valueSkipper.TryBegin(first, start, _valueShape) ? State.InValue : State.Broken;
    }

    // RFC 8259: "An object structure is represented as a pair of curly brackets surrounding zero or more name/value pairs (or members).
    // A name is a string."
    private State BeginName(ReadOnlySpan<byte> bytes, ref int position)
    {
        int start = SkipWhiteSpace(bytes, position);
        if (start == bytes.Length)
        {
            position = start;
            return _state;
        }

        byte first = bytes[start++];
        position = start;
        if (first == (byte)'}' && _state == State.BeforeFirstName)
        {
            return LeaveContainer();
        }

        if (first != (byte)'"')
        {
            return State.Broken;
        }

        int length = ShortSearch.IndexOfQuoteOrBackslash(bytes[start..]);
        if (length >= 0 && bytes[start + length] == (byte)'"')
        {
            position = start + length + 1;
            SetShapeOfMember(bytes.Slice(start, length));
            return State.BeforeColon;
        }

        _nameBuffer ??= new JsonMemberName();
        _nameBuffer.Clear();
        return State.InName;
    }

    private State ContinueName(ReadOnlySpan<byte> bytes, ref int position)
    {
        if (!_nameBuffer!.TryAppend(bytes, ref position))
        {
            return State.InName;
        }

        if (!_nameBuffer.TryUnescape(out ReadOnlySpan<byte> name))
        {
            return State.Broken;
        }

        SetShapeOfMember(name);
        return State.BeforeColon;
    }

    private void SetShapeOfMember(ReadOnlySpan<byte> name) => _valueShape = _enteredShapes[_depth - 1].FindMember(name);

    // RFC 8259: "A single colon comes after each name, separating the name from the value."
    private static State ScanColon(ReadOnlySpan<byte> bytes, ref int position)
    {
        int colon = SkipWhiteSpace(bytes, position);
        if (colon == bytes.Length)
        {
            position = colon;
            return State.BeforeColon;
        }

        position = colon + 1;
        return bytes[colon] == (byte)':' ? State.BeforeValue : State.Broken;
    }

    // RFC 8259: "A single comma separates a value from a following name." and, of arrays, "Elements are separated by commas."
    private State ScanAfterValue(ReadOnlySpan<byte> bytes, ref int position)
    {
        int paddingStart = position;
        int end = SkipWhiteSpace(bytes, paddingStart);
        if (end == bytes.Length)
        {
            position = end;
            return State.AfterValue;
        }

        position = end + 1;
        JsonShape container = _enteredShapes[_depth - 1];
        bool isArray = container.Element is not null; // A shape has members or an element, never both.
        byte next = bytes[end];
        if (next == (byte)',')
        {
            _valueShape = container.Element;
            return isArray ? State.BeforeValue : State.BeforeName;
        }

        if (next != (isArray ? (byte)']' : (byte)'}'))
        {
            return State.Broken;
        }

        if (_depth == 1)
        {
            _variableRanges?.Add(VariableRangeKind.Padding, paddingStart, end);
        }

        return LeaveContainer();
    }

    private void EnterContainer(JsonShape shape)
    {
        if (shape.Slot != JsonShape.NoSlot)
        {
            _captures.AddPresence(shape.Slot); // The container itself is wanted: only that it is there, not its text.
        }

        _enteredShapes[_depth++] = shape;
        _valueShape = shape.Element;
    }

    private State LeaveContainer() => --_depth == 0 ? State.AfterDocument : State.AfterValue;

    // An array in the object itself, so that it needs no allocation.
    [InlineArray(MaxDepth)]
    private struct ShapeStack
    {
        private JsonShape _outermost;
    }
}
