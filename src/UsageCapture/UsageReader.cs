using System.Net.Http.Headers;
using System.Text;

using UsageCapture.Decoding;
using UsageCapture.Delivery;

namespace UsageCapture;

/// <summary>Reads the usage out of one response, document by document as they pass by.</summary>
/// <remarks>
/// Framing, encoding and cuts between reads are taken care of: a reader sees whole JSON documents, the body or the data of one event,
/// and of these only the fields that it named. It is used by one thread at a time.
/// </remarks>
public abstract class UsageReader : IDocumentHandler
{
    // OpenAI allows 128 choices; an index beyond this is no index.
    internal const int MaxChoices = 1024;

    private const int MaxFinishReason = 256;

    private readonly UsageFields _fields;
    private readonly byte[] _terminator;

    // The choices by their index, with their last finish reason; an index that never came is not seen.
    private readonly List<(bool Seen, string? FinishReason)> _choices = [];
    private RepeatedText _id;
    private RepeatedText _model;
    private RepeatedText _tier;
    private PooledArray<byte> _rawUsage;
    private int _rawUsageLength;
    private UsageAnomalies _anomalies;
    private UsageAnomalies _usageAnomalies;
    private bool _isNew;

    /// <summary>Prepares to read one response.</summary>
    /// <param name="fields">What to look at.</param>
    /// <param name="terminator">The data that ends a stream without being JSON, such as <c>[DONE]</c>; null when the API has none.</param>
    protected UsageReader(UsageFields fields, byte[]? terminator = null)
    {
        ArgumentNullException.ThrowIfNull(fields);
        _fields = fields;
        _terminator = terminator ?? [];
    }

    /// <summary>Gets whether the response said that it is done: by its terminator, through <see cref="End"/>, or by closing its only document.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Gets the counts so far; null when none were reported.</summary>
    public TokenUsage? Usage { get; private set; }

    JsonShape IDocumentHandler.Shape => _fields.Shape;

    ReadOnlySpan<byte> IDocumentHandler.Terminator => _terminator;

    bool IDocumentHandler.EndsItself => EndsItself;

    internal string? ResponseId => _id.Value;

    internal string? ResponseModel => _model.Value;

    internal string? ServiceTier => _tier.Value;

    /// <summary>Gets the usage object that <see cref="Usage"/> was read from.</summary>
    /// <value>Where a provider bills by something else than tokens, what it says of that, without counts.</value>
    internal string? RawUsage => _rawUsageLength == 0 ? null : Encoding.UTF8.GetString(_rawUsage.Items.AsSpan(0, _rawUsageLength));

    /// <summary>Gets whether the API's answers may be something else than JSON, such as audio or text, when the caller asked for it.</summary>
    internal virtual bool MayHaveNoDocuments => false;

    /// <summary>Gets whether the usage came where nothing more was to be generated, so that it was the server's last word.</summary>
    internal bool UsageIsFinal { get; private set; }

    /// <summary>Gets whether <see cref="Usage"/> lacks counts that every whole response has, or has stand-ins for them.</summary>
    internal bool UsageIsIncomplete { get; private protected set; }

    internal UsageError? Error { get; private set; }

    internal UsageAnomalies Anomalies => _anomalies | _usageAnomalies;

    internal ValueList<string> FinishReasons =>
        _choices is [(_, { } only)] ? CommonFinishReasons.ListOf(only) : ValueList<string>.From([.. _choices.Select(choice => choice.FinishReason).OfType<string>()]);

    /// <summary>Gets whether every choice that began has finished, and at least one did.</summary>
    internal bool EveryChoiceFinished =>
        _choices.Count > 0 && !_choices.Exists(static choice => choice is { Seen: true, FinishReason: null });

    /// <summary>Gets the parts of the response's work that the provider lists one by one.</summary>
    internal IReadOnlyList<UsageIteration> Iterations { get; private protected set; } = [];

    /// <summary>Gets whether the reader calls <see cref="End"/> for every response, so that closing the first document does not end it.</summary>
    /// <value>For APIs that stream one object after another: their content type, which would tell, is often wrong.</value>
    private protected virtual bool EndsItself => false;

    /// <summary>Gets whether what is known of the usage are zeros only.</summary>
    private protected bool UsageIsAllZero => (_usageAnomalies & UsageAnomalies.AllZeroUsage) != UsageAnomalies.None;

    bool IDocumentHandler.MayHaveNoDocuments => MayHaveNoDocuments;

    bool IDocumentHandler.EveryChoiceFinished => EveryChoiceFinished;

    bool IDocumentHandler.Read(JsonCaptures document)
    {
        _isNew = false;
        Read(new UsageDocument(document, _fields));
        return _isNew;
    }

    void IDocumentHandler.End() => End();

    void IDocumentHandler.TakeError(UsageError error) => TakeError(error);

    void IDocumentHandler.Flag(UsageAnomalies anomalies) => Flag(anomalies);

    /// <summary>Looks at the headers of the response, before its body. What the headers say is used where the body says nothing.</summary>
    /// <param name="headers">The headers.</param>
    internal virtual void ReadHeaders(HttpResponseHeaders headers)
    {
    }

    /// <summary>Takes the end of the body, or of what the caller has read of it.</summary>
    internal virtual void Complete()
    {
    }

    /// <summary>Gives borrowed memory back: there is no usage here afterwards.</summary>
    internal void Release()
    {
        Usage = null;
        _rawUsageLength = 0;
        _rawUsage.Return();
        _id.Release();
        _model.Release();
        _tier.Release();
    }

    /// <summary>Takes one document.</summary>
    /// <param name="document">What it has in the reader's fields.</param>
    /// <remarks>
    /// Documents that repeat in all fields what one before them had are not shown again if that one changed nothing here. So keep what
    /// a document says by the methods of this class, and count nothing from one document to the next.
    /// </remarks>
    protected abstract void Read(UsageDocument document);

    /// <summary>Takes the response's id. The first that is not empty stays.</summary>
    /// <param name="json">The value's JSON text; empty when the document has none.</param>
    protected void TakeResponseId(ReadOnlySpan<byte> json) => TakeFirst(ref _id, json, UsageAnomalies.ResponseIdChanged);

    /// <summary>Takes the name of the model that answers. The first that is not empty stays.</summary>
    /// <param name="json">The value's JSON text; empty when the document has none.</param>
    protected void TakeResponseModel(ReadOnlySpan<byte> json) => TakeFirst(ref _model, json, UsageAnomalies.ModelChanged);

    /// <summary>Takes the tier that the request is processed in. The last that is not empty stays.</summary>
    /// <param name="json">The value's JSON text; empty when the document has none.</param>
    protected void TakeServiceTier(ReadOnlySpan<byte> json) => _isNew |= _tier.Take(json, keepFirst: false);

    /// <summary>Takes what a document says of one of the answers that are generated side by side.</summary>
    /// <param name="finishReason">The JSON text of the reason why it finished; empty or null when it goes on.</param>
    /// <param name="index">Which of the answers.</param>
    /// <returns>Whether there was a reason.</returns>
    protected bool TakeFinishReason(ReadOnlySpan<byte> finishReason, int index = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, MaxChoices);
        while (_choices.Count <= index)
        {
            _choices.Add(default);
        }

        string? reason = JsonValue.GetText(finishReason, MaxFinishReason);
        _isNew |= !_choices[index].Seen || reason is not null;
        _choices[index] = (Seen: true, reason ?? _choices[index].FinishReason);
        return reason is not null;
    }

    /// <summary>Takes counts, in place of those before: reports of one response are never added up. Zeros never replace counts.</summary>
    /// <param name="usage">The counts in their normal meaning.</param>
    /// <param name="raw">The provider's own words: the JSON text of the object that the counts were read from.</param>
    /// <param name="isFinal">Whether nothing more was to be generated when the provider reported them, so that they are its last word.</param>
    protected void TakeUsage(in TokenUsage usage, ReadOnlySpan<byte> raw, bool isFinal) =>
        TakeUsage(usage, raw, isFinal, UsageAnomalies.None);

    /// <summary>Takes counts, with what was odd about these alone.</summary>
    private protected void TakeUsage(in TokenUsage usage, ReadOnlySpan<byte> raw, bool isFinal, UsageAnomalies anomalies)
    {
        _isNew = true;
        UsageIsFinal = isFinal;
        Flag(HasEnded ? UsageAnomalies.UsageAfterTerminator : UsageAnomalies.None);
        bool isAllZero = (usage.Anomalies & UsageAnomalies.AllZeroUsage) != UsageAnomalies.None;
        if (isAllZero && Usage is not null && !UsageIsAllZero)
        {
            // Zeros in the end do not undo what was counted (sgl-project/sglang#3743).
            Flag(UsageAnomalies.AllZeroUsage);
            return;
        }

        Usage = usage;
        _usageAnomalies = anomalies | usage.Anomalies;
        Keep(raw);
    }

    /// <summary>Takes a usage object without counts: what somebody is billed by who is not billed by tokens.</summary>
    private protected void TakeRawUsage(ReadOnlySpan<byte> raw)
    {
        if (Usage is null && raw is [(byte)'{', ..])
        {
            _isNew = true;
            Keep(raw);
        }
    }

    /// <summary>Reads a count that stands in no usage object. What is neither a count nor null is flagged.</summary>
    private protected long? ReadCount(ReadOnlySpan<byte> json)
    {
        long? count = JsonValue.GetCount(json);
        Flag(count is null && json is not ([] or [(byte)'n', ..]) ? UsageAnomalies.InvalidCount : UsageAnomalies.None);
        return count;
    }

    /// <summary>Takes an error that the server reports. The first stays.</summary>
    /// <param name="error">What the error calls itself, without its text.</param>
    protected void TakeError(UsageError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        Error ??= error;
        _isNew = true;
    }

    /// <summary>Notes that the response said that it is done. More may come all the same.</summary>
    protected void End()
    {
        _isNew |= !HasEnded;
        HasEnded = true;
    }

    /// <summary>Notes something odd.</summary>
    /// <param name="anomalies">What.</param>
    protected void Flag(UsageAnomalies anomalies)
    {
        _isNew |= (Anomalies | anomalies) != Anomalies;
        _anomalies |= anomalies;
    }

    private void Keep(ReadOnlySpan<byte> rawUsage)
    {
        _rawUsage.Fit(rawUsage.Length, kept: 0);
        rawUsage.CopyTo(_rawUsage.Items);
        _rawUsageLength = rawUsage.Length;
    }

    private void TakeFirst(ref RepeatedText text, ReadOnlySpan<byte> json, UsageAnomalies changed)
    {
        bool isFirst = text.Value is null;
        bool differs = text.Take(json, keepFirst: true);
        _isNew |= isFirst && differs;
        Flag(differs && !isFirst ? changed : UsageAnomalies.None);
    }
}
