using System.Net.Http.Headers;

namespace UsageCapture;

/// <summary>Reads the documents of one response: it says what each of them means, and a <see cref="UsageReport"/> keeps what it says.</summary>
/// <remarks>
/// <para>
/// Framing, content codings and cuts between reads are taken care of: a reader sees whole JSON documents, which are the body or the data
/// of one event each, and of these only its <see cref="Fields"/>. A new reader is made for each response; one thread at a time uses it.
/// </para>
/// <para>
/// The order of calls is: <see cref="ReadHeaders"/> once, then <see cref="Read"/> for each document. A reader may hand a document to
/// another reader: <c>other.Read(document.View(other.Fields), report)</c>.
/// </para>
/// </remarks>
public abstract class UsageReader
{
    /// <summary>Makes a reader.</summary>
    /// <param name="fields">The parts of a document that it reads.</param>
    protected UsageReader(UsageFields fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        Fields = fields;
    }

    /// <summary>Gets the parts of a document that the reader reads. The decoder skips everything else.</summary>
    public UsageFields Fields { get; }

    /// <summary>Gets the data that ends a stream of events without being JSON, such as <c>[DONE]</c>.</summary>
    /// <value>Empty by default: the API has none.</value>
    public virtual ReadOnlySpan<byte> Terminator => default;

    /// <summary>Gets whether the reader calls <see cref="UsageReport.RecordEnd"/> for every response.</summary>
    /// <value>
    /// False by default: a body of one JSON object is complete with that object. True for an API that streams objects one after another:
    /// its content type, which would tell, is often wrong.
    /// </value>
    public virtual bool HasInBandEndMarker => false;

    /// <summary>Gets whether a response may be something else than JSON, such as audio or text, when the caller asked for it.</summary>
    /// <value>False by default. When true, such a body is recorded with <see cref="UsageAnomalies.BodyWithoutUsage"/>.</value>
    public virtual bool AllowsNonJsonBody => false;

    /// <summary>Reads the headers of the response, before its body. Counts of the body replace what the headers say.</summary>
    /// <param name="headers">The headers.</param>
    /// <param name="report">Keeps what the headers say.</param>
    public virtual void ReadHeaders(HttpResponseHeaders headers, UsageReport report)
    {
    }

    /// <summary>Reads one document.</summary>
    /// <param name="document">The document.</param>
    /// <param name="report">Keeps what the document says.</param>
    /// <remarks>
    /// A document that changes nothing in the report teaches the decoder to skip documents that have the same values in all fields. So
    /// record everything in the report, and do not count from one document to the next.
    /// </remarks>
    public abstract void Read(UsageDocument document, UsageReport report);
}
