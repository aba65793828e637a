namespace UsageCapture.Providers;

/// <summary>OpenAI's audio: transcriptions, translations and speech.</summary>
/// <remarks>
/// <para>
/// Speech reports usage only as a stream of events (<c>stream_format: "sse"</c>), and transcriptions only in JSON: audio, subtitles and
/// plain text yield a record without counts that says <see cref="UsageAnomalies.BodyWithoutUsage"/>, and that needs review because
/// tokens may well have been billed.
/// </para>
/// <para>
/// A transcription that is billed by its duration has no tokens: the record is without counts, and its raw usage has the seconds.
/// </para>
/// </remarks>
internal sealed class AudioProvider : UsageProvider
{
    private const string Transcriptions = "/audio/transcriptions";
    private const string Translations = "/audio/translations";
    private const string Speech = "/audio/speech";

    public override string Protocol => "openai-audio";

    public override bool Matches(Uri address) => OperationAt(address) is not null;

    public override UsageEndpoint Describe(Uri address) => OpenAIEndpoint.Describe(address, OperationAt(address) ?? "audio");

    public override UsageReader CreateReader() => new AudioReader();

    private static string? OperationAt(Uri address) =>
        AddressParts.EndsWith(address, Transcriptions) ? "transcription"
        : AddressParts.EndsWith(address, Translations) ? "translation"
        : AddressParts.EndsWith(address, Speech) ? "speech"
        : null;
}
