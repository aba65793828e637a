namespace UsageCapture.Providers;

/// <summary>OpenAI's audio API: transcriptions, translations and speech.</summary>
/// <remarks>
/// <para>
/// Speech reports usage only in a stream of events (<c>stream_format: "sse"</c>), and transcriptions only in JSON. Responses of audio,
/// subtitles or plain text cannot contain usage. Their records have no counts and <see cref="UsageAnomalies.BodyWithoutUsage"/>, and need
/// review, because the tokens may have been billed.
/// </para>
/// <para>A transcription that is billed by its duration has no tokens. The record has no counts, and its raw usage has the seconds.</para>
/// </remarks>
internal sealed class AudioProvider : UsageProvider
{
    // The member by whose value a response is recognized (its shape).
    private static readonly UsageFields RecognitionFields = new();
    private static readonly UsageField EventType = RecognitionFields.Add("type");

    public override string Protocol => "openai-audio";

    public override UsageFields ResponseFields => RecognitionFields;

    internal override string[] InputMembers => ["input", "file", "file_url"];

    public override bool Matches(Uri address) => GetOperation(address) is not null;

    // The user can map any path to this API, so the operation is not always known.
    public override UsageEndpoint Describe(Uri address) => OpenAIEndpoint.Describe(address, GetOperation(address) ?? "audio");

    // Only events can be recognized. The JSON of a transcription is a "text" with a "usage", as in many other APIs.
    public override bool MatchesResponse(UsageDocument document) =>
        document.GetText(EventType) is { } type
        && (type.StartsWith("transcript.text.", StringComparison.Ordinal) || type.StartsWith("speech.audio.", StringComparison.Ordinal));

    public override UsageReader CreateReader() => new OpenAIResultReader(allowsNonJsonBody: true);

    /// <summary>Gets the operation that the path names; null when it is not a path of the audio API.</summary>
    private static string? GetOperation(Uri address) =>
        AddressParts.EndsWith(address, "/audio/transcriptions") ? "transcription"
        : AddressParts.EndsWith(address, "/audio/translations") ? "translation"
        : AddressParts.EndsWith(address, "/audio/speech") ? "speech"
        : null;
}
