using System.Reflection;
using System.Text.RegularExpressions;

using UsageCapture.OpenAI.Tests;
using UsageCapture.Tests.Delivery;
using UsageCapture.Tests.Exchanges;
using UsageCapture.Tests.KestrelComparison;
using UsageCapture.Tests.Oracle;
using UsageCapture.Tests.RecordedResponses;
using UsageCapture.Tests.Registration;
using UsageCapture.Tests.Requests;
using UsageCapture.Tests.Responses;
using UsageCapture.Tests.Soak;

namespace UsageCapture.Tests.Documentation;

/// <summary>The guarantees of the README, sentence by sentence, and the tests that hold each of them.</summary>
/// <remarks>A sentence that is new, or is changed, fails here until its tests are named.</remarks>
public sealed partial class GuaranteeTests
{
    private static readonly (string Sentence, (Type Type, string Name)[] Tests)[] Held =
    [
        ("Tests hold each of them, over recordings that are cut at every byte and over real sockets with the real SDKs.",
        [
            (typeof(GuaranteeTests), nameof(Sentence_OfTheReadme_HasItsTests)),
        ]),

        ("The caller's bytes come first.",
        [
            (typeof(KestrelComparisonTests), nameof(KestrelComparisonTests.Answer_ReadToTheEnd_IsTheSame)),
        ]),
        ("The caller gets the same bytes, headers, types of exceptions and cancellation as without the handler.",
        [
            (typeof(KestrelComparisonTests), nameof(KestrelComparisonTests.Answer_ReadToTheEnd_IsTheSame)),
            (typeof(KestrelComparisonTests), nameof(KestrelComparisonTests.Answer_ThatBreaks_FailsInTheSameWay)),
            (typeof(KestrelComparisonTests), nameof(KestrelComparisonTests.Answer_ThatIsLeft_IsTheSame)),
            (typeof(KestrelComparisonTests), nameof(KestrelComparisonTests.Server_ThatNeverAnswers_IsTheSame)),
            (typeof(ByteIdentityTests), nameof(ByteIdentityTests.Response_ReadInAnyWayAndCutAtAnyByte_IsTheSame)),
            (typeof(RawHeaderTests), nameof(RawHeaderTests.NonValidatedHeaders_AreTheServersOwnText)),
        ]),
        ("Nothing is buffered ahead.",
        [
            (typeof(OpenAIStreamedTests), nameof(OpenAIStreamedTests.StreamedAsync_ServerHoldsTheRestBack_FirstEventIsHandedOver)),
            (typeof(OpenAIStreamedTests), nameof(OpenAIStreamedTests.StreamedSync_ServerHoldsTheRestBack_FirstEventIsHandedOver)),
            (typeof(ReadCountTests), nameof(ReadCountTests.Read_OfTheCaller_IsOneReadOfTheServersStream)),
            (typeof(ReadCountTests), nameof(ReadCountTests.Copy_ToTheCaller_WritesEachReadAtOnce)),
        ]),
        ("If reading usage fails, the caller continues to read and the failure is logged.",
        [
            (typeof(OwnProviderTests), nameof(OwnProviderTests.OwnProvider_ThatThrows_LeavesTheResponseUnchanged)),
        ]),

        ("A call that works without the handler works with it.",
        [
            (typeof(RequestContentTests), nameof(RequestContentTests.Request_DisposedWhileItIsSent_HasItsResponseAndItsRecord)),
            (typeof(EarlyAnswerTests), nameof(EarlyAnswerTests.Request_AnsweredBeforeItsBodyWasRead_IsSentWholeAndHasItsContentAgain)),
            (typeof(BodySignatureTests), nameof(BodySignatureTests.Request_WithASignedOrDigestedBody_IsNotChanged)),
        ]),
        ("If a server rejects what the handler adds, the caller's own request is sent.",
        [
            (typeof(RefusalTests), nameof(RefusalTests.Refusal_InAnyWording_IsAnsweredWithTheCallersOwnRequest)),
        ]),
        ("To find that out, up to 16 KiB of an error are read for at most one second.",
        [
            (typeof(SlowErrorTests), nameof(SlowErrorTests.Error_ThatStalls_IsTheCallersAfterAMomentAndContinues)),
            (typeof(SlowErrorTests), nameof(SlowErrorTests.Error_ThatStallsForASynchronousCaller_IsTheCallersAfterAMomentAndContinues)),
        ]),
        ("The caller gets the whole error, and waits no longer for it.",
        [
            (typeof(RefusalTests), nameof(RefusalTests.Error_ThatWasLookedInto_ReadsAsItDid)),
        ]),

        ("The request changes by one member.",
        [
            (typeof(SpliceTests), nameof(SpliceTests.Request_ThatSaysNothingOfUsage_IsAskedBySplicing)),
        ]),
        ("`stream_options` is inserted into the body.",
        [
            (typeof(SpliceTests), nameof(SpliceTests.Request_ThatSaysNothingOfUsage_IsAskedBySplicing)),
        ]),
        ("Every other byte stays, the caller's request object is the same afterwards, and a body that can be read only once is read once.",
        [
            (typeof(SpliceTests), nameof(SpliceTests.Request_OfAnyObject_IsAskedAsMeantAndOtherwiseUnchanged)),
            (typeof(KestrelComparisonTests), nameof(KestrelComparisonTests.Answer_ReadToTheEnd_IsTheSame)),
            (typeof(RequestTests), nameof(RequestTests.Content_ThatCanBeReadOnlyOnce_IsReadOnce)),
        ]),
        ("When such a request fails, a retry can send it again.",
        [
            (typeof(RequestContentTests), nameof(RequestContentTests.Content_ThatCanBeReadOnlyOnce_ServesTheRetryOfAnOuterHandler)),
        ]),
        ("A body of more than 256 MiB is not kept in memory: it passes through unchanged, and a retry cannot send it again if it can be read only once.",
        [
            (typeof(RequestContentTests), nameof(RequestContentTests.Content_LongerThanTheBuffer_PassesThroughInBoundedMemory)),
            (typeof(RequestContentTests), nameof(RequestContentTests.Content_WithAnAnnouncedLengthOverTheBuffer_IsSentUnreadAndRecorded)),
        ]),

        ("One exchange, one record, whether the response is read to its end, stopped at `[DONE]`, abandoned, cancelled, cut off, rejected or never read.",
        [
            (typeof(EndingTableTests), nameof(EndingTableTests.Exchange_HoweverItEnds_IsOneRecord)),
            (typeof(SoakTests), nameof(SoakTests.Streams_InGreatNumbersWithFaults_LoseNothing)),
        ]),
        ("A response that is dropped without being disposed of has its record when the garbage collector finds it.",
        [
            (typeof(EndingTests), nameof(EndingTests.Response_ThatIsDroppedUnreadAndUndisposed_IsAbandonedWhenTheCollectorFindsIt)),
        ]),

        ("A record depends on the bytes, not on how they were cut.",
        [
            (typeof(RecordingCutTests), nameof(RecordingCutTests.SmallRecording_InThreePieces_SaysTheSame)),
        ]),
        ("The same response gives the same record, however the network splits it.",
        [
            (typeof(ByteIdentityTests), nameof(ByteIdentityTests.Response_ReadInAnyWayAndCutAtAnyByte_IsTheSame)),
            (typeof(MutationTests), nameof(MutationTests.MutatedBody_CutAnywhere_SaysWhatTheOracleReads)),
        ]),
        ("Reading stops where the response says that it is complete and its usage is there.",
        [
            (typeof(Cutting.ConcatenatedBodyTests), nameof(Cutting.ConcatenatedBodyTests.Recording_BehindOneThatEndedWithUsage_DoesNotChangeTheRecord)),
        ]),

        ("Leaving early loses nothing that is there.",
        [
            (typeof(DrainTests), nameof(DrainTests.Response_OfAnyProtocol_IsReadOnOnlyBetweenItsFinishAndItsUsage)),
        ]),
        ("When the answer is finished and only usage is outstanding, the rest is read in the background.",
        [
            (typeof(DrainTests), nameof(DrainTests.Response_OfAnyProtocol_IsReadOnOnlyBetweenItsFinishAndItsUsage)),
        ]),
        ("Disposing does not wait for it.",
        [
            (typeof(DrainTests), nameof(DrainTests.Response_DisposedBeforeItsUsage_IsReadOnInTheBackground)),
        ]),
        ("Shutting down does.",
        [
            (typeof(DrainTests), nameof(DrainTests.Handler_OnItsDisposal_WaitsForTheTail)),
            (typeof(HostShutdownTests), nameof(HostShutdownTests.Host_ThatStops_DeliversTheRecordsOfEndedAndOfLeftResponses)),
            (typeof(SoakTests), nameof(SoakTests.Container_DisposedWhileCallsRun_LosesNoRecord)),
        ]),
        ("The error of a rejected response that is dropped unread is read as well, up to 16 KiB of it and for at most one second.",
        [
            (typeof(UnreadErrorTests), nameof(UnreadErrorTests.Error_ThatHasArrived_IsInTheRecordWhenTheResponseIsDisposed)),
            (typeof(UnreadErrorTests), nameof(UnreadErrorTests.Error_ThatArrivesLater_IsReadInTheBackground)),
            (typeof(UnreadErrorTests), nameof(UnreadErrorTests.Error_ThatDoesNotArrive_IsGivenUpAfterASecond)),
            (typeof(UnreadErrorTests), nameof(UnreadErrorTests.Error_ThatIsTooLong_IsGivenUpAfter16KiB)),
        ]),

        ("The record is there before the end is.",
        [
            (typeof(InlineDeliveryTests), nameof(InlineDeliveryTests.Record_IsWithTheSinkBeforeTheCallerReadsDone)),
        ]),
        ("Inline sinks have it before the caller sees `[DONE]`, the last bracket, or the end of the body.",
        [
            (typeof(InlineDeliveryTests), nameof(InlineDeliveryTests.Sink_ThatIsNotDoneAtOnce_DelaysOnlyTheTerminator)),
            (typeof(InlineDeliveryTests), nameof(InlineDeliveryTests.Sink_ThatIsNotDoneAtOnce_DelaysOnlyTheLastBracketOfAWholeBody)),
        ]),
        ("Where usage was asked for and did not come before `[DONE]`, `[DONE]` is held back until the usage or the end of the body comes, for at most 100 ms, because some servers send usage after it.",
        [
            (typeof(EndWithoutUsageTests), nameof(EndWithoutUsageTests.End_WithoutUsage_IsHeldBackFor100Milliseconds)),
            (typeof(EndWithoutUsageTests), nameof(EndWithoutUsageTests.End_FollowedByUsageInTime_HasTheUsage)),
        ]),
        ("Nothing before it waits, and where usage was not asked for, it does not either.",
        [
            (typeof(EndWithoutUsageTests), nameof(EndWithoutUsageTests.End_WhereUsageWasNotAskedFor_IsNotHeldBack)),
        ]),

        ("Nothing is lost quietly.",
        [
            (typeof(SoakTests), nameof(SoakTests.Streams_InGreatNumbersWithFaults_LoseNothing)),
        ]),
        ("A sink that throws, hangs or is slow costs the caller at most `PublishTimeout`.",
        [
            (typeof(InlineDeliveryTests), nameof(InlineDeliveryTests.Sink_ThatNeverReturns_DelaysTheTerminatorByThePublishTimeoutAndTheRecordIsLogged)),
            (typeof(InlineDeliveryTests), nameof(InlineDeliveryTests.Sink_ThatBlocksItsThread_DelaysTheTerminatorByThePublishTimeout)),
            (typeof(BusyThreadPoolTests), nameof(BusyThreadPoolTests.SynchronousCalls_OnAThreadPoolWithoutFreeThreads_TakeNoLongerThanThePublishTimeout)),
        ]),
        ("What the sink did not take is in the log as JSON.",
        [
            (typeof(InlineDeliveryTests), nameof(InlineDeliveryTests.Sink_ThatThrows_IsLoggedWithTheRecordAndTheNextSinkHasItsTurn)),
            (typeof(BufferedUsageSinkTests), nameof(BufferedUsageSinkTests.Sink_ThatHangs_DelaysTheDisposalByTheShutdownTimeoutAndItsRecordsAreLogged)),
            (typeof(SoakTests), nameof(SoakTests.Streams_InGreatNumbersWithFaults_LoseNothing)),
        ]),
        ("A time-out that comes while sinks are waited for does not make a complete response fail.",
        [
            (typeof(CompleteResponseTests), nameof(CompleteResponseTests.BufferedResponse_WhoseTokenFiresWhileASinkHangs_IsComplete)),
            (typeof(CompleteResponseTests), nameof(CompleteResponseTests.StreamedResponse_WhoseTokenFiresWhileASinkHangs_IsReadToItsEnd)),
        ]),

        ("Nothing of the handler reaches the caller.",
        [
            (typeof(SoakTests), nameof(SoakTests.Streams_InGreatNumbersWithFaults_LoseNothing)),
        ]),
        ("Sinks, loggers, `Enrich` and providers of your own may throw at any place.",
        [
            (typeof(HostileSinkTests), nameof(HostileSinkTests.Logger_ThatThrows_IsNotSeenByTheCaller)),
            (typeof(HostileEndingTests), nameof(HostileEndingTests.Response_DroppedWhereSinksAndLoggerThrow_HasItsRecord)),
            (typeof(HostileReaderTests), nameof(HostileReaderTests.Reader_ThatThrows_LeavesTheResponseUnchangedAndHasOneRecord)),
            (typeof(HostileReaderTests), nameof(HostileReaderTests.Enrich_ThatRemovesTheAddressAndThrows_IsLogged)),
            (typeof(HostileReaderTests), nameof(HostileReaderTests.Sink_WithAnExceptionOrATaskThatCannotBeRead_IsLogged)),
        ]),
        ("The caller does not see it.",
        [
            (typeof(OwnProviderTests), nameof(OwnProviderTests.Provider_WithAFault_IsLoggedAndLeavesTheCallUnchanged)),
        ]),

        ("A record never has a number that the provider did not report.",
        [
            (typeof(MutationTests), nameof(MutationTests.MutatedBody_CutAnywhere_SaysWhatTheOracleReads)),
            (typeof(CorpusTests), nameof(CorpusTests.Response_OfARealService_YieldsItsUsage)),
        ]),
    ];

    public static TheoryData<string> Sentences => [.. ReadSentences()];

    [Theory]
    [MemberData(nameof(Sentences))]
    public void Sentence_OfTheReadme_HasItsTests(string sentence)
    {
        (_, (Type Type, string Name)[] tests) = Assert.Single(Held, held => held.Sentence == sentence);

        Assert.NotEmpty(tests);
        Assert.All(tests, test => Assert.True(
            test.Type.GetMethod(test.Name)?.GetCustomAttributes<FactAttribute>().Any(fact => fact.Skip is null), test.Name));
    }

    [Fact]
    public void Sentences_WithTests_AreAllInTheReadme() => Assert.Empty(Held.Select(held => held.Sentence).Except(ReadSentences()));

    /// <summary>Reads the sentences of the section, without their line breaks and bold type.</summary>
    private static IEnumerable<string> ReadSentences()
    {
        string readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "README.md"));
        const string Title = "## Guarantees\n";
        int start = readme.IndexOf(Title, StringComparison.Ordinal) + Title.Length;
        string section = readme[start..readme.IndexOf("\n## ", start, StringComparison.Ordinal)];
        return section.Split("\n- ").SelectMany(item =>
            SentenceEnd().Split(WhiteSpace().Replace(item.Replace("**", "", StringComparison.Ordinal), " ").Trim()));
    }

    [GeneratedRegex(@"(?<=\.)\s", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"\s+", RegexOptions.NonBacktracking)]
    private static partial Regex WhiteSpace();
}
