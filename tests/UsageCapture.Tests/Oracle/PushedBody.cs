using System.Text;

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
        var report = new UsageReport(reader);
        using (var decoder = new BodyDecoder(report, BodyHeaders.Of(mediaType, contentEncoding)))
        {
            bool isStopped = false;
            for (int start = 0; start < body.Length && !isStopped;)
            {
                int end = cuts.EndOfPiece(start, body.Length);
                DecodedPiece piece = decoder.Append(body[start..end]);
                isStopped = report is { HasEnded: true, Usage: not null };
                bool isOffsetValid = piece.EndOffset >= 0 && (piece.EndOffset <= end - start || decoder.IsCompressed);
                if (!isOffsetValid || (piece.Progress == ResponseProgress.Complete) != isStopped)
                {
                    throw new InvalidOperationException($"The piece from {start} to {end} is {piece}.");
                }

                start = end;
            }

            if (!isStopped)
            {
                decoder.Complete();
            }
        }

        anomalies = report.Anomalies;
        return new BodyFacts
        {
            Usage = report.Usage,
            RawUsage = report.RawUsage.IsEmpty ? null : Encoding.UTF8.GetString(report.RawUsage),
            Id = report.ResponseId,
            Model = report.ResponseModel,
            ServiceTier = report.ServiceTier,
            FinishReasons = string.Join(' ', report.FinishReasons),
            EveryChoiceFinished = report.EveryChoiceFinished,
            UsageIsFinal = report.Stage == UsageStage.Final,
            HasError = report.Error is not null,
            HasEnded = report.HasEnded,
        };
    }
}
