using System.Globalization;
using System.Net.Http.Headers;

using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads the responses of Text Generation Inference: a body, or the events of a stream.</summary>
/// <remarks>
/// The server counts in two places: in the headers of a response that is not streamed, and in <c>details</c>, which a request must ask for.
/// In a stream, the last event has the details. A stream that did not ask for them has no counts.
/// </remarks>
internal sealed class TextGenerationReader() : UsageReader(DocumentFields)
{
    private const string InputHeader = "x-prompt-tokens";
    private const string OutputHeader = "x-generated-tokens";

    private static readonly UsageFields DocumentFields = new();
    private static readonly UsageField Text = DocumentFields.Add("generated_text?"); // Null in every event but the last.
    private static readonly UsageField FinishReason = DocumentFields.Add("details.finish_reason");
    private static readonly UsageField OutputCount = DocumentFields.Add("details.generated_tokens");
    private static readonly UsageField InputCount = DocumentFields.Add("details.input_length"); // Only in streams.
    private static readonly UsageField InputTokens = DocumentFields.Add("details.prefill[]"); // Empty when the request did not ask for them.
    private static readonly UsageField Error = DocumentFields.Add("error");
    private static readonly UsageField ErrorType = DocumentFields.Add("error_type");

    public override void ReadHeaders(HttpResponseHeaders headers, UsageReport report)
    {
        long? input = ReadCount(headers, InputHeader, report);
        if (ReadCount(headers, OutputHeader, report) is not { } output)
        {
            return;
        }

        var usage = new TokenUsage { InputTokens = input, OutputTokens = output };
        var counts = new ScatteredCounts(report, stackalloc byte[ScatteredCounts.BufferSize]);
        counts.WriteCount("x-prompt-tokens"u8, input);
        counts.WriteCount("x-generated-tokens"u8, output);
        report.RecordUsage(usage, counts.UsageJson, UsageStage.Final, UsageAnomalies.None);
    }

    public override void Read(UsageDocument document, UsageReport report)
    {
        report.RecordChoice(document[FinishReason]);
        if (ErrorReader.IsReported(document[Error]))
        {
            report.RecordError(ErrorReader.ReadParts(code: default, document[ErrorType])); // The error itself is a message.
        }

        if (!report.HasUsage) // The headers have the same counts.
        {
            RecordDetails(document, report);
        }

        // Without counts, the end is not recorded: it would be held back from the caller for counts that never come.
        if (document.Has(Text) && report.HasUsage)
        {
            report.RecordEnd();
        }
    }

    private static void RecordDetails(UsageDocument document, UsageReport report)
    {
        var counts = new ScatteredCounts(report, stackalloc byte[ScatteredCounts.BufferSize]);
        if (counts.ReadCount(document[OutputCount]) is not { } output)
        {
            return;
        }

        long? input = counts.ReadCount(document[InputCount]) ?? CountInputTokens(document);
        counts.WriteCount("input_length"u8, input);
        counts.WriteCount("generated_tokens"u8, output);
        report.RecordUsage(new TokenUsage { InputTokens = input, OutputTokens = output }, counts.UsageJson, UsageStage.Final, UsageAnomalies.None);
    }

    /// <summary>Counts the tokens of the prompt, which a body lists on request; null when it lists none, or more than are kept.</summary>
    private static long? CountInputTokens(UsageDocument document)
    {
        int count = 0;
        foreach (UsageElement _ in document.Each(InputTokens))
        {
            count++;
        }

        return count == 0 || document.IsOversized ? null : count;
    }

    /// <summary>Reads a count from a header; null when it is missing or invalid. An invalid value is noted as an anomaly.</summary>
    private static long? ReadCount(HttpResponseHeaders headers, string name, UsageReport report)
    {
        if (!headers.NonValidated.TryGetValues(name, out HeaderStringValues values))
        {
            return null;
        }

        if (long.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out long count))
        {
            return count;
        }

        report.AddAnomalies(UsageAnomalies.InvalidCount);
        return null;
    }
}
