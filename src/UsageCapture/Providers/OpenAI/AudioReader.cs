namespace UsageCapture.Providers;

/// <summary>Reads usage out of answers that may as well be audio or text, and hold none then.</summary>
internal sealed class AudioReader : OpenAIResultReader
{
    internal override bool MayHaveNoDocuments => true;
}
