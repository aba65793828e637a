using UsageCapture.Decoding;

namespace UsageCapture;

/// <summary>The values that one JSON document of a response has for a reader's fields. The document is the whole body, or one event's data.</summary>
/// <remarks>It is valid while <see cref="UsageReader.Read"/> runs. When a member comes more than once, the last counts.</remarks>
public readonly ref struct UsageDocument
{
    // No id, model or reason of any provider comes near this length.
    private const int MaxText = 256;

    private readonly JsonCaptures _captures;

    // What the document was decoded for, what it is shown as, and the slots of the latter's fields.
    private readonly UsageFields _decoded;
    private readonly UsageFields _view;
    private readonly ulong[] _slots;

    internal UsageDocument(JsonCaptures captures, UsageFields fields)
        : this(captures, fields, fields)
    {
    }

    private UsageDocument(JsonCaptures captures, UsageFields decoded, UsageFields view)
    {
        _captures = captures;
        _decoded = decoded;
        _view = view;
        _slots = decoded.SlotsOf(view);
    }

    /// <summary>Gets whether the document had more in these fields than is kept: 64 KiB of text, 1,024 values.</summary>
    public bool IsOversized => _captures.IsOverfull;

    /// <summary>Gets the JSON text of a field's value, as it was sent.</summary>
    /// <param name="field">The field.</param>
    /// <value>Empty when the document does not have the value, or when only its presence is noted.</value>
    /// <exception cref="ArgumentException">The field is not among the reader's.</exception>
    public ReadOnlySpan<byte> this[UsageField field] => _captures.Last(SlotsOf(field));

    /// <summary>Gets whether the document has a value for a field, and the value is not null.</summary>
    /// <param name="field">The field.</param>
    /// <exception cref="ArgumentException">The field is not among the reader's.</exception>
    public bool Has(UsageField field) => _captures.Has(SlotsOf(field));

    /// <summary>Gets the text of a field: the characters of a string, at most 256, or a number as it was written.</summary>
    /// <param name="field">The field.</param>
    /// <returns>Null when the value is missing, null, empty, or neither a string nor a number.</returns>
    /// <exception cref="ArgumentException">The field is not among the reader's.</exception>
    public string? GetText(UsageField field) => JsonValue.GetText(this[field], MaxText);

    /// <summary>Gets the text of a member of a field's object.</summary>
    /// <param name="field">The field.</param>
    /// <param name="path">The member's name, or several with dots between them, as in <c>details.kind</c>.</param>
    /// <returns>Null when the value is missing, null, empty, or neither a string nor a number.</returns>
    /// <exception cref="ArgumentException">The field is not among the reader's.</exception>
    public string? GetText(UsageField field, string path) => JsonValue.GetText(Member(field, path), MaxText);

    /// <summary>Gets the count in a field: a whole number from zero to 2⁵³, also when it is written as <c>12.0</c> or as a string.</summary>
    /// <param name="field">The field.</param>
    /// <returns>Null when the value is missing, null, or no count.</returns>
    /// <exception cref="ArgumentException">The field is not among the reader's.</exception>
    public long? GetCount(UsageField field) => JsonValue.GetCount(this[field]);

    /// <summary>Gets the count in a member of a field's object.</summary>
    /// <param name="field">The field.</param>
    /// <param name="path">The member's name, or several with dots between them, as in <c>details.cached</c>.</param>
    /// <returns>Null when the value is missing, null, or no count.</returns>
    /// <exception cref="ArgumentException">The field is not among the reader's.</exception>
    public long? GetCount(UsageField field, string path) => JsonValue.GetCount(Member(field, path));

    /// <summary>Goes through the elements of an array, in order: <c>foreach (UsageElement choice in document.Each(Choices))</c>.</summary>
    /// <param name="array">A field whose path ends with <c>[]</c>.</param>
    /// <exception cref="ArgumentException">The field is not among the reader's.</exception>
    public UsageElements Each(UsageField array) => new(_captures, _view, _slots, SlotsOf(array));

    /// <summary>Shows the document as another reader reads it, so that it can be handed to that reader.</summary>
    /// <param name="part">The other reader's fields. This reader's fields were made with them.</param>
    /// <exception cref="ArgumentException">This reader's fields were made without them.</exception>
    public UsageDocument View(UsageFields part) => new(_captures, _decoded, part);

    /// <summary>Finds the slots of a field.</summary>
    internal static ulong SlotsOf(UsageField field, UsageFields fields, ulong[] slots) => field.Owner == fields
        ? slots[field.Number]
        : throw new ArgumentException("The field belongs to other UsageFields than the document. Use the fields of the reader that reads it.", nameof(field));

    private ulong SlotsOf(UsageField field) => SlotsOf(field, _view, _slots);

    private ReadOnlySpan<byte> Member(UsageField field, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        ReadOnlySpan<byte> json = this[field];
        foreach (Range part in path.AsSpan().Split('.'))
        {
            json = JsonValue.Member(json, path.AsSpan(part));
        }

        return json;
    }
}
