using System.Text;

using UsageCapture.Decoding;

namespace UsageCapture.Tests;

/// <summary>
/// What a report tells the decoder after each document. A document that says something new is marked, because the decoder skips documents
/// that are like one without the mark.
/// </summary>
public sealed class UsageReportEffectsTests
{
    private static readonly TokenUsage Counts = new() { InputTokens = 3, OutputTokens = 4 };
    private static readonly TokenUsage Zeros = new() { InputTokens = 0, OutputTokens = 0 };
    private static readonly UsageError SampleError = new() { Code = "overloaded" };

    private static readonly Dictionary<string, Action<UsageReport>> Documents = new()
    {
        ["nothing"] = _ => { },
        ["id"] = report => report.RecordResponseId("\"a\""u8),
        ["other id"] = report => report.RecordResponseId("\"b\""u8),
        ["null id"] = report => report.RecordResponseId("null"u8),
        ["model"] = report => report.RecordResponseModel("\"a\""u8),
        ["other model"] = report => report.RecordResponseModel("\"b\""u8),
        ["tier"] = report => report.RecordServiceTier("\"a\""u8),
        ["other tier"] = report => report.RecordServiceTier("\"b\""u8),
        ["speed"] = report => report.RecordSpeed("\"a\""u8),
        ["other speed"] = report => report.RecordSpeed("\"b\""u8),
        ["region"] = report => report.RecordRegion("\"a\""u8),
        ["other region"] = report => report.RecordRegion("\"b\""u8),
        ["choice"] = report => report.RecordChoice(default),
        ["choice 1"] = report => report.RecordChoice("\"null\""u8, 1),
        ["finish"] = report => report.RecordChoice("\"stop\""u8),
        ["finish 1"] = report => report.RecordChoice("\"stop\""u8, 1),
        ["usage"] = report => report.RecordUsage(Counts, raw: "{}"u8, UsageStage.Running),
        ["final usage"] = report => report.RecordUsage(Counts, raw: "{}"u8, UsageStage.Final),
        ["zero usage"] = report => report.RecordUsage(Zeros, raw: default, UsageStage.Running),
        ["usage only"] = report => report.MarkAsUsageOnly(),
        ["raw usage"] = report => report.RecordRawUsage("{}"u8),
        ["raw number"] = report => report.RecordRawUsage("7"u8),
        ["iterations"] = report => report.RecordIterations([]),
        ["error"] = report => report.RecordError(SampleError),
        ["end"] = report => report.RecordEnd(),
        ["anomaly"] = report => report.AddAnomalies(UsageAnomalies.UsageRepeated),
        ["no anomaly"] = report => report.AddAnomalies(UsageAnomalies.None),
    };

    [Theory]
    [InlineData("nothing", "")]
    [InlineData("id|id|null id|other id|other id", "New|||New|")]
    [InlineData("model|model|other model|other model|model", "New||New||")]
    [InlineData("tier|tier|other tier|other tier|tier", "New||New||New")]
    [InlineData("speed|speed|other speed|speed", "New||New|New")]
    [InlineData("region|region|other region|region", "New||New|New")]
    [InlineData("choice|choice|choice 1|choice 1", "New||New|")]
    [InlineData("choice|finish|choice|choice 1|finish 1", "New|New, Finished|Finished|New|New, Finished")]
    [InlineData("finish|finish", "New, Finished|New, Finished")]
    [InlineData("usage|usage|zero usage|zero usage", "New|New|New|New")]
    [InlineData("usage only|nothing", "UsageOnly|")]
    [InlineData("raw number|raw usage|usage|raw usage", "|New|New|")]
    [InlineData("iterations|iterations", "New|New")]
    [InlineData("error|error", "New|New")]
    [InlineData("anomaly|anomaly|no anomaly", "New||")]
    [InlineData("end|end", "New, Ended|Ended")]
    [InlineData("usage|end", "New|New, Ended, Stop")]
    [InlineData("end|usage|nothing", "New, Ended|New, Ended, Stop|Ended, Stop")]
    [InlineData("final usage|end", "New|New, Ended, Stop")]
    public void Document_OfAResponse_TellsTheDecoderWhatItMeans(string documents, string effects) =>
        Assert.Equal(effects.Split('|'), ReadAll(Create(), documents));

    [Theory]
    [InlineData("usage|final usage|nothing", "New|New, Stop|Stop")]
    [InlineData("final usage|usage", "New, Stop|New")]
    [InlineData("error", "New, Stop")]
    [InlineData("end|usage", "New, Ended|New, Ended, Stop")]
    public void Document_OfADrainedResponse_StopsAtTheFinalCountsOrAnError(string documents, string effects)
    {
        UsageReport report = Create();
        report.StopsAtFinalUsage = true;

        Assert.Equal(effects.Split('|'), ReadAll(report, documents));
    }

    [Fact]
    public void End_WhereUsageWasNotAskedFor_Stops()
    {
        UsageReport report = Create();
        report.AwaitsUsageAfterEnd = false;

        Assert.Equal(["New, Ended, Stop"], ReadAll(report, "end"));
    }

    [Fact]
    public void EndAndErrorOfTheFraming_TellTheDecoderWhatTheyMean()
    {
        UsageReport report = Create();
        IDocumentHandler handler = report;
        Assert.Equal(["UsageOnly"], ReadAll(report, "usage only"));

        Assert.Equal(DocumentEffects.NewInformation, handler.HandleError("ThrottlingException"u8, default));
        Assert.Equal(["UsageOnly"], ReadAll(report, "usage only"));
        Assert.Equal(DocumentEffects.NewInformation | DocumentEffects.Ended, handler.HandleEnd());
        Assert.Equal(DocumentEffects.Ended, handler.HandleEnd());

        Assert.Equal(new UsageError { Type = "ThrottlingException" }, report.Error);
    }

    [Fact]
    public void Usage_AfterAnother_ReplacesItsAnomaliesAndAwaitsNoEndMarker()
    {
        UsageReport report = Create();
        report.RecordUsage(new TokenUsage { InputTokens = 1, OutputTokens = 1, TotalTokens = 3 }, "{}"u8, UsageStage.Running, UsageAnomalies.UsageRepeated);
        Assert.Equal(UsageAnomalies.TotalIsNotSum | UsageAnomalies.UsageRepeated, report.Anomalies);
        report.UsageNeedsEndMarker = true;

        report.RecordUsage(Counts, "[1]"u8, UsageStage.Final);

        Assert.Equal((Counts, UsageStage.Final, UsageAnomalies.None), (report.Usage, report.Stage, report.Anomalies));
        Assert.Equal("[1]", Encoding.UTF8.GetString(report.RawUsage));
        Assert.False(report.RawUsageIsJson);
        Assert.False(report.UsageNeedsEndMarker);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1024)]
    public void RecordChoice_OfAnIndexOutOfRange_IsRefused(int index) =>
        Assert.Throws<ArgumentOutOfRangeException>(nameof(index), () => Create().RecordChoice("\"stop\""u8, index));

    [Fact]
    public void RecordChoice_OfTheLargestIndex_IsRecorded()
    {
        UsageReport report = Create();

        Assert.True(report.RecordChoice("\"stop\""u8, 1023));
        Assert.False(report.RecordChoice("\"null\""u8, 1023));
        Assert.True(report.EveryChoiceFinished);
        Assert.Equal(["stop"], report.FinishReasons);
    }

    [Fact]
    public void RecordIterations_WithARunOutsideTheTotal_HasTheAnomalyUntilTheNextList()
    {
        UsageReport report = Create();

        report.RecordIterations([new UsageIteration { Type = "a", Usage = Counts, IsInTotal = true }, null!]);
        Assert.Equal(UsageAnomalies.None, report.Anomalies);
        report.RecordIterations([new UsageIteration { Type = "a", Usage = Counts, IsInTotal = true }, new UsageIteration { Type = "b", Usage = Counts, IsInTotal = false }]);
        Assert.Equal(UsageAnomalies.IterationsOutsideTotal, report.Anomalies);
        report.RecordIterations([]);
        Assert.Equal(UsageAnomalies.None, report.Anomalies);
    }

    [Fact]
    public void Issues_OfTheDecoder_AreAnomalies()
    {
        Dictionary<DecodingIssues, UsageAnomalies> expected = new()
        {
            [DecodingIssues.None] = UsageAnomalies.None,
            [DecodingIssues.UndecodableDocument] = UsageAnomalies.UndecodableEvent,
            [DecodingIssues.OversizedDocument] = UsageAnomalies.OversizedEvent,
            [DecodingIssues.UnrecognizedBody] = UsageAnomalies.UnrecognizedBody,
            [DecodingIssues.BodyWithoutDocuments] = UsageAnomalies.BodyWithoutUsage,
            [DecodingIssues.UndecodableEncoding] = UsageAnomalies.UndecodableEncoding,
            [DecodingIssues.MissingTerminator] = UsageAnomalies.NoTerminator,
        };

        Assert.All(Enum.GetValues<DecodingIssues>(), issue => Assert.Equal(expected[issue], AnomaliesOf(issue)));
        Assert.Equal(
            UsageAnomalies.OversizedEvent | UsageAnomalies.NoTerminator,
            AnomaliesOf(DecodingIssues.OversizedDocument | DecodingIssues.MissingTerminator));

        static UsageAnomalies AnomaliesOf(DecodingIssues issues)
        {
            UsageReport report = Create();
            ((IDocumentHandler)report).AddIssues(issues);
            return report.Anomalies;
        }
    }

    [Fact]
    public void Release_OfAReport_LeavesNoUsage()
    {
        UsageReport report = Create();
        report.RecordUsage(Counts, "{}"u8, UsageStage.Final);

        report.Release();

        Assert.Null(report.Usage);
        Assert.True(report.RawUsage.IsEmpty);
    }

    private static UsageReport Create() => new(new ScriptReader());

    private static string[] ReadAll(UsageReport report, string documents) =>
        [.. documents.Split('|').Select(name => Describe(Read(report, name)))];

    private static DocumentEffects Read(UsageReport report, string name)
    {
        var captures = new JsonCaptures();
        var scanner = new JsonScanner(ScriptReader.AllFields.Shape, captures);
        scanner.Scan(Encoding.UTF8.GetBytes($$"""{"script":"{{name}}"}"""));
        return ((IDocumentHandler)report).HandleDocument(captures);
    }

    private static string Describe(DocumentEffects effects) => effects == DocumentEffects.None
        ? ""
        : effects.ToString().Replace("NewInformation", "New", StringComparison.Ordinal)
            .Replace("Ended, Stop, EveryChoiceFinished", "Finished, Ended, Stop", StringComparison.Ordinal)
            .Replace("EveryChoiceFinished", "Finished", StringComparison.Ordinal);

    /// <summary>A reader that records what its documents name.</summary>
    private sealed class ScriptReader() : UsageReader(AllFields)
    {
        public static readonly UsageFields AllFields = new();

        private static readonly UsageField Script = AllFields.Add("script");

        public override void Read(UsageDocument document, UsageReport report) => Documents[document.GetText(Script)!](report);
    }
}
