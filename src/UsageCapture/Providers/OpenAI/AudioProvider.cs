namespace UsageCapture.Providers;

/// <summary>OpenAI's audio API: transcriptions, translations and speech.</summary>
/// <remarks>
/// <para>
/// Speech reports usage only in a stream of events (<c>stream_format: "sse"</c>), and transcriptions only in JSON. Audio, subtitles and
/// plain text have no place for it: the record has no counts and <see cref="UsageAnomalies.BodyWithoutUsage"/>. It needs review, because
/// the tokens may have been billed.
/// </para>
/// <para>A transcription that is billed by its duration has no tokens. The record has no counts, and its raw usage has the seconds.</para>
/// </remarks>
internal sealed class AudioProvider : UsageProvider
{
    private static readonly UsageFields Response = new();
    private static readonly UsageField EventType = Response.Add("type");

    public override string Protocol => "openai-audio";

    public override UsageFields ResponseFields => Response;

    public override bool Matches(Uri address) => GetOperation(address) is not null;

    public override UsageEndpoint Describe(Uri address) => OpenAIEndpoint.Describe(address, GetOperation(address) ?? "audio");

    public override bool MatchesResponse(UsageDocument document) =>
        document.GetText(EventType) is { } type
        && (type.StartsWith("transcript.text.", StringComparison.Ordinal) || type.StartsWith("speech.audio.", StringComparison.Ordinal));

    public override UsageReader CreateReader() => new OpenAIResultReader(allowsNonJsonBody: true);

    private static string? GetOperation(Uri address) =>
        AddressParts.EndsWith(address, "/audio/transcriptions") ? "transcription"
        : AddressParts.EndsWith(address, "/audio/translations") ? "translation"
        : AddressParts.EndsWith(address, "/audio/speech") ? "speech"
        : null;
}
