using System.Globalization;

using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads counts that stand among the other members of a document, and writes the usage object that the API does not have.</summary>
/// <remarks>
/// Call <see cref="Read"/> for each count, then <see cref="Write"/> for each count of the usage object, then take <see cref="Json"/>
/// for <see cref="UsageReport.RecordUsage(in TokenUsage, ReadOnlySpan{byte}, UsageStage)"/>. Nothing is allocated.
/// </remarks>
internal ref struct LooseCounts
{
    /// <summary>The size of the buffer: room for three members with names of up to 32 bytes and numbers of up to 16 digits.</summary>
    public const int BufferSize = 256;

    private readonly UsageReport _report;
    private readonly Span<byte> _buffer;
    private int _length;

    /// <summary>Prepares to read the counts of one document.</summary>
    /// <param name="report">Keeps what is odd about the counts.</param>
    /// <param name="buffer">Memory for the usage object, of <see cref="BufferSize"/>.</param>
    public LooseCounts(UsageReport report, Span<byte> buffer)
    {
        _report = report;
        _buffer = buffer;
    }

    /// <summary>Gets the usage object. At least one count has been written.</summary>
    public readonly ReadOnlySpan<byte> Json
    {
        get
        {
            _buffer[_length] = (byte)'}';
            return _buffer[..(_length + 1)];
        }
    }

    /// <summary>Reads a count. A value that is neither a count nor null is noted as an anomaly.</summary>
    /// <param name="json">The JSON text of the value; empty when the document has none.</param>
    public readonly long? Read(ReadOnlySpan<byte> json)
    {
        long? count = JsonValue.GetCount(json);
        bool isInvalid = count is null && json is not ([] or [(byte)'n', ..]);
        _report.AddAnomalies(isInvalid ? UsageAnomalies.InvalidCount : UsageAnomalies.None);
        return count;
    }

    /// <summary>Writes a member of the usage object, unless the count is unknown.</summary>
    /// <param name="name">The member's name, without characters that JSON escapes.</param>
    /// <param name="count">The count.</param>
    public void Write(ReadOnlySpan<byte> name, long? count)
    {
        if (count is { } number)
        {
            Append(_length == 0 ? "{\""u8 : ",\""u8);
            Append(name);
            Append("\":"u8);
            number.TryFormat(_buffer[_length..], out int written, provider: CultureInfo.InvariantCulture);
            _length += written;
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer[_length..]);
        _length += bytes.Length;
    }
}
