using System.Text;

using UsageCapture.Decoding;
using UsageCapture.Delivery;
using UsageCapture.Exchanges;
using UsageCapture.Providers;

namespace UsageCapture;

/// <summary>Collects the usage of one response: a <see cref="UsageReader"/> records each document in it, and at the end it becomes the record.</summary>
/// <remarks>
/// <para>
/// Record everything that a document has; values that are missing or null are ignored. When documents differ, the report keeps the first
/// id, model and error, and the last service tier, speed, region, finish reasons and counts.
/// </para>
/// <code>
/// report.RecordResponseModel(document[Model]);
/// report.RecordChoice(document[StopReason]);
/// report.RecordUsage(usage, raw: document[Usage], UsageStage.Running);
/// </code>
/// <para>One report belongs to one response. It is not thread-safe; the handler uses it from one thread at a time.</para>
/// </remarks>
public sealed class UsageReport : IDocumentHandler
{
    // OpenAI allows 128 choices. The limit leaves room for other servers, and keeps a wrong index from filling the memory.
    internal const int MaxChoices = 1024;

    // Finish reasons are single words. The limit keeps long text of a broken server out of the record.
    private const int MaxFinishReasonLength = 256;

    private readonly UsageReader _reader;

    private ChoiceList _choices;
    private RepeatedText _responseId;
    private RepeatedText _responseModel;
    private RepeatedText _serviceTier;
    private RepeatedText _speed;
    private RepeatedText _region;
    private TokenUsage _usage;
    private PooledArray<byte> _rawUsage;
    private int _rawUsageLength;
    private bool _rawUsageIsJson;

    // The anomalies of the response, those of the current counts, and those of the current iterations. New counts and new iterations replace
    // the latter two.
    private UsageAnomalies _responseAnomalies;
    private UsageAnomalies _usageAnomalies;
    private UsageAnomalies _iterationAnomalies;

    // What the decoder must know about the current document. If it has no new information, the decoder may skip later documents like it.
    private DocumentEffects _effects;

    internal UsageReport(UsageReader reader) => _reader = reader;

    /// <summary>Gets whether the response has said that it is complete.</summary>
    /// <value>
    /// True after <see cref="RecordEnd"/> and after the <see cref="UsageReader.Terminator"/>. True also after a body that is one JSON
    /// object, because the decoder reports its end; not when <see cref="UsageReader.HasInBandEndMarker"/> is true.
    /// </value>
    public bool HasEnded { get; private set; }

    /// <summary>Gets the counts that were recorded last; null when none were.</summary>
    public TokenUsage? Usage => HasUsage ? _usage : null;

    /// <summary>Gets whether at least one choice was recorded and every recorded choice has a finish reason.</summary>
    public bool EveryChoiceFinished => _choices.AllFinished;

    /// <summary>Gets whether <see cref="Usage"/> is known, but its input, output and total are zero, which is impossible for a generation.</summary>
    public bool UsageIsAllZero => HasUsage && _usage.IsAllZero;

    /// <summary>Gets or sets the name of the provider at the address of the request; empty when it is unknown.</summary>
    internal string Provider { get; set; } = "";

    /// <summary>Gets or sets whether the call ran no model, for example because it only loaded one.</summary>
    internal bool RanNoModel { get; set; }

    /// <summary>
    /// Gets or sets whether the response went on after the document of <see cref="Usage"/>, so that only its end marker can tell that no
    /// later counts are missing. New counts reset it.
    /// </summary>
    internal bool UsageNeedsEndMarker { get; set; }

    /// <summary>Gets whether <see cref="Usage"/> is not null, without a copy of it.</summary>
    internal bool HasUsage { get; private set; }

    /// <summary>Gets how much of the response <see cref="Usage"/> covers. Without meaning when it is null.</summary>
    internal UsageStage Stage { get; private set; }

    // What the record is made of. Each is null or empty when nothing was recorded.
    internal string? ResponseId => _responseId.Value;

    internal string? ResponseModel => _responseModel.Value;

    internal string? ServiceTier => _serviceTier.Value;

    internal string? Speed => _speed.Value;

    internal string? Region => _region.Value;

    /// <summary>Gets the JSON text that <see cref="Usage"/> was read from, or a usage object without counts; empty when there is neither.</summary>
    internal ReadOnlySpan<byte> RawUsage => _rawUsage.Items.AsSpan(0, _rawUsageLength);

    /// <summary>Gets whether <see cref="RawUsage"/> is known to be JSON, because a built-in provider has parsed it.</summary>
    internal bool RawUsageIsJson => _rawUsageIsJson;

    internal UsageError? Error { get; private set; }

    internal UsageAnomalies Anomalies => _responseAnomalies | _usageAnomalies | _iterationAnomalies;

    internal ValueList<string> FinishReasons => _choices.GetFinishReasons();

    internal IReadOnlyList<UsageIteration> Iterations { get; private set; } = [];

    /// <summary>Gets or sets whether decoding stops at the provider's final counts or at an error, without waiting for the end.</summary>
    /// <value>
    /// The default is false, because the caller reads the rest of the response anyway. True while the handler drains the response after
    /// the caller has disposed it.
    /// </value>
    internal bool StopsAtFinalUsage { get; set; }

    /// <summary>Gets or sets whether usage may follow after the response has said that it is complete.</summary>
    /// <value>The default is true. False where usage was not asked for, so that the end without usage is the end of decoding.</value>
    internal bool AwaitsUsageAfterEnd { get; set; } = true;

    JsonShape IDocumentHandler.Shape => _reader.Fields.Shape;

    ReadOnlySpan<byte> IDocumentHandler.Terminator => _reader.Terminator;

    bool IDocumentHandler.HasInBandEndMarker => _reader.HasInBandEndMarker;

    bool IDocumentHandler.AllowsNonJsonBody => _reader.AllowsNonJsonBody;

    // An end without usage is not complete where usage was asked for, because some servers send it after the end.
    private bool IsComplete
    {
        get
        {
            bool hasFinalUsage = HasUsage && Stage == UsageStage.Final;
            bool isAtEnd = HasEnded && (HasUsage || !AwaitsUsageAfterEnd);
            return isAtEnd || (StopsAtFinalUsage && (hasFinalUsage || Error is not null));
        }
    }

    DocumentEffects IDocumentHandler.HandleDocument(JsonCaptures document)
    {
        _effects = DocumentEffects.None;
        _reader.Read(new UsageDocument(document, _reader.Fields), this);
        return GetEffects();
    }

    DocumentEffects IDocumentHandler.HandleEnd()
    {
        _effects = DocumentEffects.None;
        RecordEnd();
        return GetEffects();
    }

    DocumentEffects IDocumentHandler.HandleError(ReadOnlySpan<byte> type, ReadOnlySpan<byte> code)
    {
        _effects = DocumentEffects.None;
        RecordError(new UsageError { Type = DecodeText(type), Code = DecodeText(code) });
        return GetEffects();
    }

    // The public names speak of events and usage, the decoder of documents.
    void IDocumentHandler.AddIssues(DecodingIssues issues) => AddAnomalies(
        ToAnomaly(issues, DecodingIssues.UndecodableDocument, UsageAnomalies.UndecodableEvent)
        | ToAnomaly(issues, DecodingIssues.OversizedDocument, UsageAnomalies.OversizedEvent)
        | ToAnomaly(issues, DecodingIssues.UnrecognizedBody, UsageAnomalies.UnrecognizedBody)
        | ToAnomaly(issues, DecodingIssues.BodyWithoutDocuments, UsageAnomalies.BodyWithoutUsage)
        | ToAnomaly(issues, DecodingIssues.UndecodableEncoding, UsageAnomalies.UndecodableEncoding)
        | ToAnomaly(issues, DecodingIssues.MissingTerminator, UsageAnomalies.NoTerminator));

    /// <summary>Records the id of the response. The first id is kept; a different one adds <see cref="UsageAnomalies.ResponseIdChanged"/>.</summary>
    /// <param name="json">The JSON text of the id. A missing, null or empty value is ignored.</param>
    public void RecordResponseId(ReadOnlySpan<byte> json) => RecordFirst(ref _responseId, json, UsageAnomalies.ResponseIdChanged);

    /// <summary>Records the model of the response. The first name is kept; a different one adds <see cref="UsageAnomalies.ModelChanged"/>.</summary>
    /// <param name="json">The JSON text of the name. A missing, null or empty value is ignored.</param>
    public void RecordResponseModel(ReadOnlySpan<byte> json) => RecordFirst(ref _responseModel, json, UsageAnomalies.ModelChanged);

    /// <summary>Records the service tier that processed the request, such as <c>priority</c>. The last tier is kept.</summary>
    /// <param name="json">The JSON text of the tier. A missing, null or empty value is ignored.</param>
    public void RecordServiceTier(ReadOnlySpan<byte> json) => MarkNewIf(_serviceTier.RecordLast(json));

    /// <summary>Records the speed at which the request was processed, such as <c>fast</c>. The last speed is kept.</summary>
    /// <param name="json">The JSON text of the speed. A missing, null or empty value is ignored.</param>
    public void RecordSpeed(ReadOnlySpan<byte> json) => MarkNewIf(_speed.RecordLast(json));

    /// <summary>Records the region in which the model ran. The last region is kept, in place of the one that the request names.</summary>
    /// <param name="json">The JSON text of the region. A missing, null or empty value is ignored.</param>
    public void RecordRegion(ReadOnlySpan<byte> json) => MarkNewIf(_region.RecordLast(json));

    /// <summary>Records that a document mentions a choice, one of the alternative answers of a response, and why it finished.</summary>
    /// <param name="finishReason">
    /// The JSON text of the finish reason, such as <c>"stop"</c>. The last reason is kept. A missing, null or empty value and the word
    /// <c>"null"</c> mean that the choice has not finished, and keep an earlier reason.
    /// </param>
    /// <param name="index">The index of the choice, from 0 to 1,023. Zero for an API with one answer.</param>
    /// <returns>Whether the document has a finish reason.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    public bool RecordChoice(ReadOnlySpan<byte> finishReason, int index = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, MaxChoices);
        string? reason = JsonValue.GetText(finishReason, MaxFinishReasonLength);
        reason = reason == "null" ? null : reason; // KoboldCpp and DashScope send the word.
        bool isFirst = _choices.Record(index, reason);
        MarkNewIf(isFirst || reason is not null);
        return reason is not null;
    }

    /// <summary>Records the token counts of the response so far. They replace earlier counts and are never added to them.</summary>
    /// <param name="usage">The counts, converted to the meanings of <see cref="TokenUsage"/>. Leave a count null when it was not reported.</param>
    /// <param name="raw">The JSON text of the usage object, for <see cref="UsageRecord.RawUsage"/>; empty when there is none.</param>
    /// <param name="stage">How much of the response the counts cover. <see cref="UsageStage.Running"/> is right for most APIs.</param>
    /// <remarks>
    /// Counts that are all zero do not replace other counts. They add <see cref="UsageAnomalies.AllZeroUsage"/>. The reader need not add
    /// anomalies that follow from the counts themselves, such as <see cref="UsageAnomalies.TotalIsNotSum"/>: the library finds them.
    /// </remarks>
    public void RecordUsage(in TokenUsage usage, ReadOnlySpan<byte> raw, UsageStage stage) =>
        RecordUsage(usage, raw, stage, UsageAnomalies.None, rawIsJson: false);

    /// <summary>Records the token counts of the response so far, with anomalies that their reader has found.</summary>
    /// <param name="usage">The counts.</param>
    /// <param name="raw">The JSON text that the counts were read from.</param>
    /// <param name="stage">How much of the response the counts cover.</param>
    /// <param name="anomalies">Anomalies of these counts. They are dropped when other counts replace these.</param>
    /// <param name="rawIsJson">Whether the text is known to be valid. Otherwise the record checks it.</param>
    internal void RecordUsage(
        in TokenUsage usage, ReadOnlySpan<byte> raw, UsageStage stage, UsageAnomalies anomalies, bool rawIsJson = true)
    {
        MarkNew();
        AddAnomalies(HasEnded ? UsageAnomalies.UsageAfterTerminator : UsageAnomalies.None);
        if (usage.IsAllZero && HasUsage && !UsageIsAllZero)
        {
            // Some servers send zeros after the real counts (sgl-project/sglang#3743).
            AddAnomalies(UsageAnomalies.AllZeroUsage);
            return;
        }

        _usage = usage;
        HasUsage = true;
        Stage = stage;
        UsageNeedsEndMarker = false;
        _usageAnomalies = anomalies | usage.Anomalies;
        KeepRawUsage(raw, rawIsJson);
    }

    /// <summary>Records the result of reading a usage object. Without counts, only its anomalies are recorded.</summary>
    /// <returns>Whether the object has counts.</returns>
    internal bool RecordUsage(in UsageReading reading, ReadOnlySpan<byte> raw, UsageStage stage)
    {
        if (reading.Usage is { } usage)
        {
            RecordUsage(usage, raw, stage, reading.Anomalies);
            return true;
        }

        AddAnomalies(reading.Anomalies);
        return false;
    }

    /// <summary>Records a usage object without token counts, such as the seconds of a transcription, for <see cref="UsageRecord.RawUsage"/>.</summary>
    /// <param name="raw">The JSON text of the object. A missing value and a value that is not an object are ignored.</param>
    /// <remarks>It is ignored when token counts were recorded before. Token counts that are recorded later replace it.</remarks>
    public void RecordRawUsage(ReadOnlySpan<byte> raw)
    {
        if (!HasUsage && raw is [(byte)'{', ..])
        {
            MarkNew();
            KeepRawUsage(raw, isJson: false);
        }
    }

    /// <summary>
    /// Records the individual model runs that the provider lists for this response. The last list is kept. It adds
    /// <see cref="UsageAnomalies.IterationsOutsideTotal"/> when a run in it is not <see cref="UsageIteration.IsInTotal"/>.
    /// </summary>
    /// <param name="iterations">The runs. Do not change the list afterwards, because it is copied only at the end of the response.</param>
    /// <exception cref="ArgumentNullException"><paramref name="iterations"/> is null.</exception>
    public void RecordIterations(IReadOnlyList<UsageIteration> iterations)
    {
        ArgumentNullException.ThrowIfNull(iterations);
        Iterations = iterations;

        // A user's reader may have added null, which the record leaves out.
        bool allInTotal = iterations.All(run => run is null or { IsInTotal: true });
        _iterationAnomalies = allInTotal ? UsageAnomalies.None : UsageAnomalies.IterationsOutsideTotal;
        MarkNew();
    }

    /// <summary>Records an error that the server reports in the response. The first error is kept.</summary>
    /// <param name="error">The code, type and parameter of the error. Do not include its message, because it may quote a prompt or a key.</param>
    /// <remarks>The outcome of a response with a successful status code becomes <see cref="UsageOutcome.ServerError"/>.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="error"/> is null.</exception>
    public void RecordError(UsageError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        Error ??= error;
        MarkNew();
    }

    /// <summary>Records that the response has said that it is complete, for example by an event named <c>done</c>.</summary>
    /// <remarks>
    /// When usage is known, or was not asked for, the record is published now and no further document is read. Otherwise the handler
    /// holds the end of the stream back from the caller for at most 100 ms, because some servers send the usage after it.
    /// </remarks>
    public void RecordEnd()
    {
        MarkNewIf(!HasEnded);
        HasEnded = true;
    }

    /// <summary>Marks the current document as one that has usage and nothing else that a caller reads.</summary>
    /// <remarks>
    /// Call it for the event that a server sends only because the request asked for usage. <see cref="InjectedUsageMode.Hide"/> removes
    /// such an event when only the handler asked.
    /// </remarks>
    public void MarkAsUsageOnly() => _effects |= DocumentEffects.UsageOnly;

    /// <summary>Adds anomalies of the response.</summary>
    /// <param name="anomalies">The flags to add; <see cref="UsageAnomalies.None"/> adds nothing.</param>
    public void AddAnomalies(UsageAnomalies anomalies)
    {
        MarkNewIf((Anomalies | anomalies) != Anomalies);
        _responseAnomalies |= anomalies;
    }

    /// <summary>Passes the headers of the response to the reader.</summary>
    internal void ReadHeaders(System.Net.Http.Headers.HttpResponseHeaders headers) => _reader.ReadHeaders(headers, this);

    /// <summary>Returns the pooled buffer, after the record was created. <see cref="Usage"/> is null afterwards.</summary>
    internal void Release()
    {
        HasUsage = false;
        _rawUsageLength = 0;
        _rawUsage.Return();
    }

    private static string? DecodeText(ReadOnlySpan<byte> text) => text.IsEmpty ? null : Encoding.UTF8.GetString(text);

    private static UsageAnomalies ToAnomaly(DecodingIssues issues, DecodingIssues issue, UsageAnomalies anomaly) =>
        (issues & issue) == DecodingIssues.None ? UsageAnomalies.None : anomaly;

    private DocumentEffects GetEffects() => _effects
        | (HasEnded ? DocumentEffects.Ended : DocumentEffects.None)
        | (EveryChoiceFinished ? DocumentEffects.EveryChoiceFinished : DocumentEffects.None)
        | (IsComplete ? DocumentEffects.Stop : DocumentEffects.None);

    private void MarkNew() => MarkNewIf(true);

    private void MarkNewIf(bool isNew) => _effects |= isNew ? DocumentEffects.NewInformation : DocumentEffects.None;

    private void RecordFirst(ref RepeatedText text, ReadOnlySpan<byte> json, UsageAnomalies anomalyIfChanged)
    {
        bool hadText = text.Value is not null;
        bool isNewText = text.RecordFirst(json); // Not the same as the text before, if there was one.
        MarkNewIf(isNewText && !hadText);
        AddAnomalies(isNewText && hadText ? anomalyIfChanged : UsageAnomalies.None);
    }

    private void KeepRawUsage(ReadOnlySpan<byte> raw, bool isJson)
    {
        _rawUsageIsJson = isJson;
        _rawUsage.EnsureCapacity(raw.Length, keptCount: 0);
        raw.CopyTo(_rawUsage.Items);
        _rawUsageLength = raw.Length;
    }
}
