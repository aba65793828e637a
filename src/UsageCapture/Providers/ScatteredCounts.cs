using System.Globalization;

using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>
/// Reads counts that are single members of a document, of an API that has no usage object, and builds a usage object from them for the
/// record's raw usage.
/// </summary>
/// <remarks>
/// A reader makes one for each document, reads the counts, writes the known ones, and passes <see cref="UsageJson"/> to the report.
/// The caller gives the buffer, so nothing is allocated.
/// </remarks>
/// <example>
/// <code>
/// var counts = new ScatteredCounts(report, stackalloc byte[ScatteredCounts.BufferSize]);
/// long? input = counts.ReadCount(document[InputCount]);
/// counts.WriteCount("input_token_count"u8, input);
/// report.RecordUsage(new TokenUsage { InputTokens = input }, counts.UsageJson, UsageStage.Final);
/// </code>
/// </example>
internal ref struct ScatteredCounts
{
    /// <summary>
    /// The size of the buffer in bytes: room for three members with names of up to 32 bytes and numbers of up to 19 digits, the most that a
    /// <see cref="long"/> has.
    /// </summary>
    public const int BufferSize = 256;

    private readonly UsageReport _report;
    private readonly Span<byte> _buffer;

    // The length of the object so far, without its closing brace.
    private int _writtenLength;

    /// <summary>Prepares to read the counts of one document.</summary>
    /// <param name="report">Receives an anomaly for each invalid count.</param>
    /// <param name="buffer">Memory for the usage object, of <see cref="BufferSize"/>.</param>
    public ScatteredCounts(UsageReport report, Span<byte> buffer)
    {
        _report = report;
        _buffer = buffer;
    }

    /// <summary>Gets the JSON text of the usage object. Read it after at least one known count has been written.</summary>
    public readonly ReadOnlySpan<byte> UsageJson
    {
        get
        {
            _buffer[_writtenLength] = (byte)'}';
            return _buffer[..(_writtenLength + 1)];
        }
    }

    /// <summary>Reads a count.</summary>
    /// <param name="json">The JSON text of the value; empty when the document has none.</param>
    /// <returns>Null when the value is missing, null or invalid. An invalid value is noted as an anomaly.</returns>
    public readonly long? ReadCount(ReadOnlySpan<byte> json)
    {
        long? count = JsonValue.GetCount(json);
        bool isMissing = json is [] or [(byte)'n', ..]; // n: null
        if (count is null && !isMissing)
        {
            _report.AddAnomalies(UsageAnomalies.InvalidCount);
        }

        return count;
    }

    /// <summary>Adds a count to the usage object.</summary>
    /// <param name="name">The member's name, without characters that JSON escapes.</param>
    /// <param name="count">The count; null to add nothing.</param>
    public void WriteCount(ReadOnlySpan<byte> name, long? count)
    {
        if (count is not { } number)
        {
            return;
        }

        Append(_writtenLength == 0 ? "{\""u8 : ",\""u8);
        Append(name);
        Append("\":"u8);

        // Always fits, because the buffer has room for all members.
        number.TryFormat(_buffer[_writtenLength..], out int written, provider: CultureInfo.InvariantCulture);
        _writtenLength += written;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer[_writtenLength..]);
        _writtenLength += bytes.Length;
    }
}
