using UsageCapture.Decoding;
using UsageCapture.Providers;

namespace UsageCapture.Tests.Oracle;

/// <summary>Pushes a body through the decoder under test. Everything here meets the decoder in this one place.</summary>
internal static class PushedBody
{
    public static BodyFacts Read(ReadOnlySpan<byte> body, string? mediaType, Cuts cuts, params string[] contentEncoding) =>
        Read(body, new ChatCompletionsReader(), mediaType, cuts, out _, contentEncoding);

    public static BodyFacts Read(
        ReadOnlySpan<byte> body, UsageReader reader, string? mediaType, Cuts cuts, out UsageAnomalies anomalies, params string[] contentEncoding)
    {
        using (var decoder = new BodyDecoder(reader, Fakes.BodyHeaders.Of(mediaType, contentEncoding)))
        {
            for (int start = 0; start < body.Length;)
            {
                int end = cuts.EndOfPiece(start, body.Length);
                bool hadEnded = reader.HasEnded;
                int beforeEnd = decoder.Append(body[start..end]);
                if (beforeEnd < 0 || beforeEnd > end - start || (beforeEnd < end - start) != (reader.HasEnded && !hadEnded))
                {
                    throw new InvalidOperationException($"The piece from {start} to {end} was split at {beforeEnd}.");
                }

                start = end;
            }

            decoder.Complete();
            reader.Complete();
        }

        anomalies = reader.Anomalies;
        return new BodyFacts
        {
            Usage = reader.Usage,
            RawUsage = reader.RawUsage,
            Id = reader.ResponseId,
            Model = reader.ResponseModel,
            ServiceTier = reader.ServiceTier,
            FinishReasons = string.Join(' ', reader.FinishReasons),
            EveryChoiceFinished = reader.EveryChoiceFinished,
            UsageIsFinal = reader.UsageIsFinal,
            HasError = reader.Error is not null,
            HasEnded = reader.HasEnded,
        };
    }
}
