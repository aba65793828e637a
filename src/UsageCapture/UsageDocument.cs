using UsageCapture.Decoding;

namespace UsageCapture;

/// <summary>One JSON document of a response, with the values of a reader's fields. It is the whole body, or the data of one event.</summary>
/// <remarks>
/// <para>
/// <see cref="UsageReader.Read"/> receives it. It is valid until that method returns, and so are the spans that it returns. Everything
/// outside the reader's <see cref="UsageFields"/> has been skipped.
/// </para>
/// <para>
/// A document has a value for a field when a member at one of the field's paths was sent. When there are several, the last one counts.
/// No value makes a method throw: missing and unexpected ones are null or empty. Only a field of another reader throws.
/// </para>
/// </remarks>
public readonly ref struct UsageDocument
{
    // Four times the length of the longest ids and model names, which have about 60 characters.
    private const int MaxTextLength = 256;

    private readonly JsonCaptures _captures;

    // The document was decoded with the first fields. A reader sees the second: the same ones, until View gives the document to another reader.
    private readonly UsageFields _decodedFields;
    private readonly UsageFields _visibleFields;

    // For each visible field, by its index, a bit set of its slots. A slot is the number, from 0 to 63, under which the decoder captures the
    // values of one path. A field may have several alternative paths.
    private readonly ulong[] _slotsByField;

    internal UsageDocument(JsonCaptures captures, UsageFields fields)
        : this(captures, fields, fields)
    {
    }

    private UsageDocument(JsonCaptures captures, UsageFields decodedFields, UsageFields visibleFields)
    {
        _captures = captures;
        _decodedFields = decodedFields;
        _visibleFields = visibleFields;
        _slotsByField = decodedFields.GetSlotsByField(visibleFields);
    }

    /// <summary>Gets whether the document had more than 1,024 values of the fields, or more than 64 KiB of text in them. The values that did not fit are missing.</summary>
    public bool IsOversized => _captures.IsOversized;

    /// <summary>Gets the JSON text of a value, as the server sent it: a string with its quotes, an object with its braces.</summary>
    /// <remarks>Use <see cref="GetText(UsageField)"/> for the characters of a string.</remarks>
    /// <param name="field">The field.</param>
    /// <value>UTF-8 text. Empty when the document does not have the value, or when the field keeps only its presence.</value>
    /// <exception cref="ArgumentException">The document was not read with this field.</exception>
    public ReadOnlySpan<byte> this[UsageField field] => _captures.GetLastText(GetSlots(field));

    /// <summary>Returns whether the document has a value other than <c>null</c> for a field.</summary>
    /// <param name="field">The field. It may be one that keeps only the presence of its value.</param>
    /// <exception cref="ArgumentException">The document was not read with this field.</exception>
    public bool Has(UsageField field) => _captures.HasNonNull(GetSlots(field));

    /// <summary>Gets a value as text: the characters of a string, or the digits of a number.</summary>
    /// <param name="field">The field.</param>
    /// <returns>At most 256 characters; the rest is cut off. Null when the value is missing, null, empty, or neither a string nor a number.</returns>
    /// <exception cref="ArgumentException">The document was not read with this field.</exception>
    public string? GetText(UsageField field) => JsonValue.GetText(this[field], MaxTextLength);

    /// <summary>Gets a member of an object as text: the characters of a string, or the digits of a number.</summary>
    /// <param name="field">The field whose value is the object.</param>
    /// <param name="path">The name of the member, or several names with dots between them, such as <c>details.kind</c>.</param>
    /// <returns>At most 256 characters; the rest is cut off. Null when the value is missing, null, empty, or neither a string nor a number.</returns>
    /// <exception cref="ArgumentException">The document was not read with this field.</exception>
    public string? GetText(UsageField field, string path) => JsonValue.GetText(FindMember(field, path), MaxTextLength);

    /// <summary>Gets a value as a count: a whole number from zero to 2⁵³. It may also be written as <c>12.0</c> or as a string.</summary>
    /// <param name="field">The field.</param>
    /// <returns>Null when the value is missing, null, or not such a number.</returns>
    /// <exception cref="ArgumentException">The document was not read with this field.</exception>
    public long? GetCount(UsageField field) => JsonValue.GetCount(this[field]);

    /// <summary>Gets a member of an object as a count: a whole number from zero to 2⁵³. It may also be written as <c>12.0</c> or as a string.</summary>
    /// <param name="field">The field whose value is the object.</param>
    /// <param name="path">The name of the member, or several names with dots between them, such as <c>details.cached</c>.</param>
    /// <returns>Null when the value is missing, null, or not such a number.</returns>
    /// <exception cref="ArgumentException">The document was not read with this field.</exception>
    public long? GetCount(UsageField field, string path) => JsonValue.GetCount(FindMember(field, path));

    /// <summary>Enumerates the elements of an array, in order: <c>foreach (UsageElement choice in document.Each(Choices))</c>.</summary>
    /// <param name="array">A field whose path ends with <c>[]</c>, such as <c>choices[]</c>.</param>
    /// <returns>The elements; empty when the document does not have the array.</returns>
    /// <exception cref="ArgumentException">The document was not read with this field.</exception>
    public UsageElements Each(UsageField array) => new(_captures, _visibleFields, _slotsByField, GetSlots(array));

    /// <summary>Shows the same document with the fields of another reader: <c>other.Read(document.View(other.Fields), report)</c>.</summary>
    /// <param name="fields">The fields of the other reader. They must be a part of this reader's fields.</param>
    /// <exception cref="ArgumentException">This reader's <see cref="UsageFields"/> were created without those fields.</exception>
    public UsageDocument View(UsageFields fields) => new(_captures, _decodedFields, fields);

    /// <summary>Gets the set of slots under which the captures hold a field's values.</summary>
    /// <param name="field">The field.</param>
    /// <param name="fields">The fields that the field must be one of.</param>
    /// <param name="slotsByField">The sets of slots of these fields, by <see cref="UsageField.Index"/>.</param>
    /// <exception cref="ArgumentException">The field is not one of the fields.</exception>
    internal static ulong GetSlots(UsageField field, UsageFields fields, ulong[] slotsByField) => field.Owner == fields
        ? slotsByField[field.Index]
        : throw new ArgumentException("The field belongs to other UsageFields than the document. Use the fields of the reader that reads it.", nameof(field));

    private ulong GetSlots(UsageField field) => GetSlots(field, _visibleFields, _slotsByField);

    private ReadOnlySpan<byte> FindMember(UsageField field, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        ReadOnlySpan<byte> json = this[field];
        foreach (Range name in path.AsSpan().Split('.'))
        {
            json = JsonValue.FindMember(json, path.AsSpan(name));
        }

        return json;
    }
}
