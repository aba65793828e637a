using System.Net.Http.Headers;

namespace UsageCapture;

/// <summary>Reads the JSON documents of one response and records their meaning in a <see cref="UsageReport"/>.</summary>
/// <remarks>
/// <para>
/// A document is the whole body, or the data of one event of a stream. The library does the framing, decompresses the body and joins the
/// pieces that arrive from the network, so a reader sees only whole documents, and of these only its <see cref="Fields"/>.
/// </para>
/// <code>
/// public sealed class AcmeReader() : UsageReader(EventFields)
/// {
///     // The initializers run from top to bottom, so the UsageFields come first.
///     private static readonly UsageFields EventFields = new();
///     private static readonly UsageField Model = EventFields.Add("model");
///     private static readonly UsageField StopReason = EventFields.Add("result.stop");
///     private static readonly UsageField Stats = EventFields.Add("stats");
///
///     public override void Read(UsageDocument document, UsageReport report)
///     {
///         report.RecordResponseModel(document[Model]);
///         bool isLast = report.RecordChoice(document[StopReason]);
///         if (document.GetCount(Stats, "input") is { } input)
///         {
///             var usage = new TokenUsage { InputTokens = input, OutputTokens = document.GetCount(Stats, "output") };
///             report.RecordUsage(usage, raw: document[Stats], isLast ? UsageStage.Final : UsageStage.Running);
///         }
///     }
/// }
/// </code>
/// <para>
/// <see cref="UsageProvider.CreateReader"/> creates a reader for each response. The handler calls <see cref="ReadHeaders"/> once, then
/// <see cref="Read"/> for each document, from one thread at a time. When a method throws, the exception is logged, no further document is
/// read, and the record has <see cref="UsageAnomalies.DecodingFailed"/>. The caller's response is not affected.
/// </para>
/// <para>
/// A reader may pass a document to another reader: <c>other.Read(document.View(other.Fields), report)</c>. Its own fields must then be
/// created with those of the other reader: <c>new UsageFields(other.Fields)</c>.
/// </para>
/// </remarks>
public abstract class UsageReader
{
    /// <summary>Creates a reader.</summary>
    /// <param name="fields">The values that it reads. Use a static field, so that the paths are parsed once.</param>
    /// <exception cref="ArgumentNullException"><paramref name="fields"/> is null.</exception>
    protected UsageReader(UsageFields fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        Fields = fields;
    }

    /// <summary>Gets the values of a document that the reader reads. The decoder skips everything else.</summary>
    public UsageFields Fields { get; }

    /// <summary>Gets the text that ends the streams of OpenAI's APIs, and of the many that follow them.</summary>
    private protected static ReadOnlySpan<byte> DoneTerminator => "[DONE]"u8;

    /// <summary>Gets the text that ends a stream of server-sent events and is not JSON, such as <c>[DONE]</c>.</summary>
    /// <value>UTF-8 text of at most 8 bytes, because no more of an event is compared. Empty by default: the API has no such text.</value>
    public virtual ReadOnlySpan<byte> Terminator => default;

    /// <summary>Gets whether each response says in its JSON that it is complete, so that the reader always calls <see cref="UsageReport.RecordEnd"/>.</summary>
    /// <value>
    /// False by default: a body that is one JSON object is complete at the end of that object. Return true for an API that streams several
    /// JSON objects without events: there the end of the first object is not the end of the response. The library cannot tell this from the
    /// content type, because servers often send a wrong one.
    /// </value>
    public virtual bool HasInBandEndMarker => false;

    /// <summary>Gets whether a successful body may be something other than JSON, such as audio or plain text, when the caller asked for it.</summary>
    /// <value>
    /// False by default: such a body has <see cref="UsageAnomalies.UnrecognizedBody"/>. When true, it has
    /// <see cref="UsageAnomalies.BodyWithoutUsage"/> instead.
    /// </value>
    public virtual bool AllowsNonJsonBody => false;

    /// <summary>Reads the headers of the response, before its body. By default it does nothing.</summary>
    /// <param name="headers">The headers of the response, without those of its content.</param>
    /// <param name="report">Receives the results. Counts from the body replace counts from the headers.</param>
    public virtual void ReadHeaders(HttpResponseHeaders headers, UsageReport report)
    {
    }

    /// <summary>Reads one document and records its meaning.</summary>
    /// <param name="document">The document. It is valid until the method returns.</param>
    /// <param name="report">Receives the results. It is the same object for all documents of the response.</param>
    /// <remarks>
    /// When reading a document changes nothing in the report, the decoder may skip later documents that have the same values in all fields:
    /// <c>Read</c> is not called for them. So do not keep state that depends on how often <c>Read</c> is called.
    /// </remarks>
    public abstract void Read(UsageDocument document, UsageReport report);
}
