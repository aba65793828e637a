using System.Text;

using UsageCapture.Decoding;
using UsageCapture.Delivery;
using UsageCapture.Exchanges;
using UsageCapture.Providers;

namespace UsageCapture;

/// <summary>What one response has said so far about its usage. A <see cref="UsageReader"/> records in it what each document says.</summary>
/// <remarks>
/// The report knows which values stay when documents disagree: the first id and model, the last service tier, finish reason and counts.
/// One report belongs to one response and is used by one thread at a time.
/// </remarks>
public sealed class UsageReport : IDocumentHandler
{
    // OpenAI allows 128 choices. A larger index than this is a mistake of the server.
    internal const int MaxChoices = 1024;

    private const int MaxFinishReason = 256;

    private readonly UsageReader _reader;

    private ChoiceList _choices;
    private RepeatedText _responseId;
    private RepeatedText _responseModel;
    private RepeatedText _serviceTier;
    private PooledArray<byte> _rawUsage;
    private int _rawUsageLength;
    private bool _rawUsageIsJson;
    private UsageAnomalies _anomalies;
    private UsageAnomalies _usageAnomalies;

    // What the document at hand has meant so far.
    private DocumentEffects _effects;

    internal UsageReport(UsageReader reader) => _reader = reader;

    /// <summary>Gets whether the response said that it is complete: by its terminator, through <see cref="RecordEnd"/>, or by closing its only document.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Gets the counts so far; null when none were reported.</summary>
    public TokenUsage? Usage { get; private set; }

    /// <summary>Gets whether every choice that began has finished, and at least one has.</summary>
    public bool EveryChoiceFinished => _choices.AllFinished;

    /// <summary>Gets whether counts were reported and all of them were zero.</summary>
    public bool UsageIsAllZero => (_usageAnomalies & UsageAnomalies.AllZeroUsage) != UsageAnomalies.None;

    /// <summary>Gets how much of the response the last report of counts covers.</summary>
    internal UsageStage Stage { get; private set; }

    internal string? ResponseId => _responseId.Value;

    internal string? ResponseModel => _responseModel.Value;

    internal string? ServiceTier => _serviceTier.Value;

    /// <summary>Gets the JSON text that <see cref="Usage"/> was read from, or what a provider that does not bill by tokens says instead; empty when there is neither.</summary>
    internal ReadOnlySpan<byte> RawUsage => _rawUsage.Items.AsSpan(0, _rawUsageLength);

    /// <summary>Gets whether <see cref="RawUsage"/> is known to be JSON, because a built-in provider has read it.</summary>
    internal bool RawUsageIsJson => _rawUsageIsJson;

    internal UsageError? Error { get; private set; }

    internal UsageAnomalies Anomalies => _anomalies | _usageAnomalies;

    internal ValueList<string> FinishReasons => _choices.GetFinishReasons();

    internal IReadOnlyList<UsageIteration> Iterations { get; private set; } = [];

    /// <summary>Gets or sets whether decoding stops as soon as the provider's last word or an error is there, also without an end.</summary>
    /// <value>True while the handler reads on in the caller's place. The default is false.</value>
    internal bool StopsAtFinalUsage { get; set; }

    JsonShape IDocumentHandler.Shape => _reader.Fields.Shape;

    ReadOnlySpan<byte> IDocumentHandler.Terminator => _reader.Terminator;

    bool IDocumentHandler.HasInBandEndMarker => _reader.HasInBandEndMarker;

    bool IDocumentHandler.AllowsNonJsonBody => _reader.AllowsNonJsonBody;

    // Nothing more has to be read. A server that ends the response without usage may still send it.
    private bool IsComplete => (Usage is not null && (HasEnded || (StopsAtFinalUsage && Stage == UsageStage.Final)))
        || (StopsAtFinalUsage && Error is not null);

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

    void IDocumentHandler.AddIssues(DecodingIssues issues) => AddAnomalies(
        Map(issues, DecodingIssues.UndecodableDocument, UsageAnomalies.UndecodableEvent)
        | Map(issues, DecodingIssues.OversizedDocument, UsageAnomalies.OversizedEvent)
        | Map(issues, DecodingIssues.UnrecognizedBody, UsageAnomalies.UnrecognizedBody)
        | Map(issues, DecodingIssues.BodyWithoutDocuments, UsageAnomalies.BodyWithoutUsage)
        | Map(issues, DecodingIssues.UndecodableEncoding, UsageAnomalies.UndecodableEncoding)
        | Map(issues, DecodingIssues.MissingTerminator, UsageAnomalies.NoTerminator));

    /// <summary>Records the response's id. The first that is not empty stays.</summary>
    /// <param name="json">The value's JSON text; empty when the document has none.</param>
    public void RecordResponseId(ReadOnlySpan<byte> json) => RecordFirst(ref _responseId, json, UsageAnomalies.ResponseIdChanged);

    /// <summary>Records the name of the model that answers. The first that is not empty stays.</summary>
    /// <param name="json">The value's JSON text; empty when the document has none.</param>
    public void RecordResponseModel(ReadOnlySpan<byte> json) => RecordFirst(ref _responseModel, json, UsageAnomalies.ModelChanged);

    /// <summary>Records the tier that the request is processed in. The last that is not empty stays.</summary>
    /// <param name="json">The value's JSON text; empty when the document has none.</param>
    public void RecordServiceTier(ReadOnlySpan<byte> json) => NoteNew(_serviceTier.RecordLast(json));

    /// <summary>Records what a document says of one choice, of those that are generated side by side.</summary>
    /// <param name="finishReason">The JSON text of the reason why it finished; empty or null while it goes on. The last one stays.</param>
    /// <param name="index">The index of the choice, from zero to 1,023.</param>
    /// <returns>Whether there was a reason.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    public bool RecordChoice(ReadOnlySpan<byte> finishReason, int index = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, MaxChoices);
        string? reason = JsonValue.GetText(finishReason, MaxFinishReason);
        bool isFirst = _choices.Record(index, reason);
        NoteNew(isFirst || reason is not null);
        return reason is not null;
    }

    /// <summary>Records counts. They replace those before: reports of one response are never added up, and zeros never replace counts.</summary>
    /// <param name="usage">The counts in the meaning of <see cref="TokenUsage"/>.</param>
    /// <param name="raw">The JSON text of the object that the counts were read from.</param>
    /// <param name="stage">How much of the response the counts cover.</param>
    public void RecordUsage(in TokenUsage usage, ReadOnlySpan<byte> raw, UsageStage stage)
    {
        RecordUsage(usage, raw, stage, UsageAnomalies.None);
        _rawUsageIsJson = false;
    }

    /// <summary>Records counts that a built-in provider has read from JSON, with what was odd about these alone.</summary>
    internal void RecordUsage(in TokenUsage usage, ReadOnlySpan<byte> raw, UsageStage stage, UsageAnomalies anomalies)
    {
        NoteNew(true);
        Stage = stage;
        AddAnomalies(HasEnded ? UsageAnomalies.UsageAfterTerminator : UsageAnomalies.None);
        bool isAllZero = (usage.Anomalies & UsageAnomalies.AllZeroUsage) != UsageAnomalies.None;
        if (isAllZero && Usage is not null && !UsageIsAllZero)
        {
            // Some servers send zeros after the counts (sgl-project/sglang#3743).
            AddAnomalies(UsageAnomalies.AllZeroUsage);
            return;
        }

        Usage = usage;
        _usageAnomalies = anomalies | usage.Anomalies;
        KeepRawUsage(raw, isJson: true);
    }

    /// <summary>Records the counts of a usage object that was read, if it has any.</summary>
    /// <returns>Whether it has counts.</returns>
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

    /// <summary>Records a usage object without counts, of a provider that bills by something else than tokens. Counts replace it.</summary>
    /// <param name="raw">The JSON text of the object; anything else is ignored.</param>
    public void RecordRawUsage(ReadOnlySpan<byte> raw)
    {
        if (Usage is null && raw is [(byte)'{', ..])
        {
            NoteNew(true);
            KeepRawUsage(raw, isJson: false);
        }
    }

    /// <summary>Records the parts of the response's work that the provider lists one by one. The last list stays.</summary>
    /// <param name="iterations">The parts. The list must not change afterwards.</param>
    public void RecordIterations(IReadOnlyList<UsageIteration> iterations)
    {
        ArgumentNullException.ThrowIfNull(iterations);
        Iterations = iterations;
        NoteNew(true);
    }

    /// <summary>Records an error that the server reports. The first stays.</summary>
    /// <param name="error">The error's code, type and parameter, without its text.</param>
    public void RecordError(UsageError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        Error ??= error;
        NoteNew(true);
    }

    /// <summary>Records that the response said that it is complete. When no usage is there yet, reading goes on until it comes.</summary>
    public void RecordEnd()
    {
        NoteNew(!HasEnded);
        HasEnded = true;
    }

    /// <summary>Records that the document reports usage and has nothing else that a caller reads.</summary>
    /// <remarks>When the server sent it only because the handler asked for usage, <see cref="InjectedUsageMode.Hide"/> removes it.</remarks>
    public void RecordUsageOnly() => _effects |= DocumentEffects.UsageOnly;

    /// <summary>Adds facts about the response that are odd.</summary>
    /// <param name="anomalies">The facts.</param>
    public void AddAnomalies(UsageAnomalies anomalies)
    {
        NoteNew((Anomalies | anomalies) != Anomalies);
        _anomalies |= anomalies;
    }

    /// <summary>Lets the reader read the headers of the response.</summary>
    internal void ReadHeaders(System.Net.Http.Headers.HttpResponseHeaders headers) => _reader.ReadHeaders(headers, this);

    /// <summary>Returns the pooled buffers. There is no <see cref="Usage"/> afterwards.</summary>
    internal void Release()
    {
        Usage = null;
        _rawUsageLength = 0;
        _rawUsage.Return();
        _responseId.Release();
        _responseModel.Release();
        _serviceTier.Release();
    }

    private static string? DecodeText(ReadOnlySpan<byte> text) => text.IsEmpty ? null : Encoding.UTF8.GetString(text);

    private static UsageAnomalies Map(DecodingIssues issues, DecodingIssues issue, UsageAnomalies anomaly) =>
        (issues & issue) == DecodingIssues.None ? UsageAnomalies.None : anomaly;

    private DocumentEffects GetEffects() => _effects
        | (HasEnded ? DocumentEffects.Ended : DocumentEffects.None)
        | (EveryChoiceFinished ? DocumentEffects.ChoicesFinished : DocumentEffects.None)
        | (IsComplete ? DocumentEffects.Stop : DocumentEffects.None);

    private void NoteNew(bool isNew) => _effects |= isNew ? DocumentEffects.New : DocumentEffects.None;

    private void RecordFirst(ref RepeatedText text, ReadOnlySpan<byte> json, UsageAnomalies changed)
    {
        bool isFirst = text.Value is null;
        bool differs = text.RecordFirst(json);
        NoteNew(isFirst && differs);
        AddAnomalies(differs && !isFirst ? changed : UsageAnomalies.None);
    }

    private void KeepRawUsage(ReadOnlySpan<byte> raw, bool isJson)
    {
        _rawUsageIsJson = isJson;
        _rawUsage.EnsureCapacity(raw.Length, kept: 0);
        raw.CopyTo(_rawUsage.Items);
        _rawUsageLength = raw.Length;
    }
}
