using System.Reflection;

using UsageCapture.OpenAI.Tests;
using UsageCapture.Tests.Decoding;
using UsageCapture.Tests.Delivery;
using UsageCapture.Tests.Exchanges;
using UsageCapture.Tests.Oracle;
using UsageCapture.Tests.RecordedResponses;
using UsageCapture.Tests.Requests;
using UsageCapture.Tests.Responses;
using UsageCapture.Tests.Soak;

namespace UsageCapture.Tests.Documentation;

/// <summary>The situations in which capturing usage is known to go wrong elsewhere, and where each of them is tested.</summary>
public sealed class SituationTests
{
    public static TheoryData<string, Type, string> All => new()
    {
        { "A stream is stopped at [DONE] and disposed before its end", typeof(EndingTests), nameof(EndingTests.Response_StoppedAtDoneAndDisposed_IsCompletedBeforeTheBodyEnds) },
        { "The SDK stops a stream at [DONE], asynchronously", typeof(OpenAIStreamedTests), nameof(OpenAIStreamedTests.StreamedAsync_LoopEnds_RecordIsThere) },
        { "The SDK stops a stream at [DONE], synchronously", typeof(OpenAIStreamedTests), nameof(OpenAIStreamedTests.StreamedSync_LoopEnds_RecordIsThere) },
        { "The connection is reset after the usage", typeof(EndingTests), nameof(EndingTests.Response_BrokenAfterFinalUsage_IsFaultedAndExact) },
        { "A stream ends without [DONE]", typeof(ChatSituationTests), nameof(ChatSituationTests.Usage_WithoutTheTerminator_IsExactAndFlagged) },
        { "The caller cancels in the middle of a stream", typeof(EndingTests), nameof(EndingTests.Response_CanceledDuringARead_IsCanceledAndPublishedAllTheSame) },
        { "The caller's token fires before the record is published", typeof(EndingTests), nameof(EndingTests.Response_CanceledBetweenReads_IsCanceledWithRunningUsageAsPartial) },
        { "A stream has any cut, line end, comment, data of several lines or a byte order mark", typeof(RecordingCutTests), nameof(RecordingCutTests.SmallRecording_InThreePieces_SaysTheSame) },
        { "A stream is damaged", typeof(MutationTests), nameof(MutationTests.MutatedBody_CutAnywhere_SaysWhatTheOracleReads) },
        { "Usage is null, beside content, inside a choice, or all zeros at last", typeof(RecordingTests), nameof(RecordingTests.Recording_ReadToItsEnd_YieldsTheExpectedRecord) },
        { "Usage comes on its own chunk among empty ones", typeof(ChatSituationTests), nameof(ChatSituationTests.Usage_OnItsOwnChunkWithoutFinishReasonAmongEmptyChunksUnderAnotherModelName_IsExactAndFlagged) },
        { "Running usage on every chunk is not added up", typeof(RecordingTests), nameof(RecordingTests.Recording_ReadToItsEnd_YieldsTheExpectedRecord) },
        { "Later events correct single counts", typeof(CorpusTests), nameof(CorpusTests.Response_OfARealService_YieldsItsUsage) },
        { "Azure's first chunk has no choices", typeof(AzureTests), nameof(AzureTests.StreamedAsync_AtTheUndatedEndpoint_IsRecordedAsAzure) },
        { "A successful response has an error inside", typeof(ChatSituationTests), nameof(ChatSituationTests.Error_InTheMiddleOfAStream_ReachesTheCallerAtOnceAndIsRecorded) },
        { "The usage event that the caller did not ask for is hidden, and no other", typeof(HiddenUsageTests), nameof(HiddenUsageTests.Event_ThatTheCallerAskedForOrNobody_IsForwarded) },
        { "The usage event is hidden with any line ends and cuts", typeof(HiddenUsageTests), nameof(HiddenUsageTests.Event_OfUsageOnly_IsTakenOutWhateverTheLineEndsAndTheCuts) },
        { "Asking for usage changes one member of the request body", typeof(SpliceTests), nameof(SpliceTests.Request_OfAnyObject_IsAskedAsMeantAndOtherwiseUnchanged) },
        { "Asking for usage keeps the headers and corrects the length", typeof(RequestTests), nameof(RequestTests.Content_ThatIsSpliced_IsSentWithItsHeadersAndItsNewLength) },
        { "A request that was changed is sent again", typeof(RequestTests), nameof(RequestTests.Content_ThatIsSentTwiceBelow_IsTheSameBothTimes) },
        { "A server refuses the option, in any wording", typeof(RefusalTests), nameof(RefusalTests.Refusal_InAnyWording_IsAnsweredWithTheCallersOwnRequest) },
        { "A server answers with any other error", typeof(RefusalTests), nameof(RefusalTests.Error_ThatIsNoRefusal_IsTheCallersUntouched) },
        { "The request has Azure's data_sources", typeof(AzureTests), nameof(AzureTests.Stream_WithDataSources_IsLeftAlone) },
        { "The request has an image", typeof(AzureTests), nameof(AzureTests.Stream_WithAnImage_IsAsked) },
        { "The response is compressed because the caller asked for it", typeof(ByteIdentityTests), nameof(ByteIdentityTests.Response_ReadInAnyWayAndCutAtAnyByte_IsTheSame) },
        { "A sink throws", typeof(InlineDeliveryTests), nameof(InlineDeliveryTests.Sink_ThatThrows_IsLoggedWithTheRecordAndTheNextSinkHasItsTurn) },
        { "A sink is slow", typeof(InlineDeliveryTests), nameof(InlineDeliveryTests.Sink_ThatNeverReturns_DelaysTheTerminatorByThePublishTimeoutAndTheRecordIsLogged) },
        { "The queue of a sink is full", typeof(BufferedUsageSinkTests), nameof(BufferedUsageSinkTests.Queue_ThatIsFull_LetsTheEndOfTheResponseWaitAndThenLogsTheRecord) },
        { "The program shuts down while records wait", typeof(BufferedUsageSinkTests), nameof(BufferedUsageSinkTests.Records_ThatWait_ComeInBatchesInTheirOrderAndAllBeforeTheDisposalEnds) },
        { "The program shuts down while the rest of a response is read", typeof(DrainTests), nameof(DrainTests.Handler_OnItsDisposal_WaitsForTheTail) },
        { "A stream has a million chunks", typeof(BoundedMemoryTests), nameof(BoundedMemoryTests.Stream_OfAMillionChunks_IsDecodedFlat) },
        { "An event is very large", typeof(BoundedMemoryTests), nameof(BoundedMemoryTests.Event_OfManyMegabytes_IsDecodedFlat) },
        { "Very many streams run at once", typeof(SoakTests), nameof(SoakTests.Streams_InGreatNumbersWithFaults_LoseNothing) },
        { "The response is read by any method", typeof(ByteIdentityTests), nameof(ByteIdentityTests.Response_ReadInAnyWayAndCutAtAnyByte_IsTheSame) },
        { "The response is asked for its stream twice", typeof(EndingTests), nameof(EndingTests.Response_WhoseStreamIsAskedForTwice_IsOneStreamAndOneRecord) },
        { "The response is never read", typeof(EndingTests), nameof(EndingTests.Response_NeverRead_IsAbandoned) },
        { "The response is never disposed", typeof(EndingTests), nameof(EndingTests.Response_ThatIsDroppedUnreadAndUndisposed_IsAbandonedWhenTheCollectorFindsIt) },
        { "A call is retried", typeof(ResilienceTests), nameof(ResilienceTests.Retries_OutsideOfCapture_AreNumberedAttemptsOfOneOperation) },
        { "A call is hedged", typeof(ResilienceTests), nameof(ResilienceTests.Hedges_OfAClientOfTheFactory_AreOneOperationAndTheLoserHasNoUsage) },
        { "A call is redirected", typeof(EndingTableTests), nameof(EndingTableTests.Exchange_HoweverItEnds_IsOneRecord) },
        { "The response has any other protocol or shape", typeof(CorpusTests), nameof(CorpusTests.Response_OfARealService_YieldsItsUsage) },
        { "The request is disposed before the body of the response is read", typeof(RequestTests), nameof(RequestTests.Request_DisposedBeforeTheBodyIsRead_DoesNotMatter) },
        { "The counts are odd", typeof(RecordingTests), nameof(RecordingTests.Recording_ReadToItsEnd_YieldsTheExpectedRecord) },
    };

    [Theory]
    [MemberData(nameof(All))]
    public void Situation_OfTheList_HasItsTest(string situation, Type tests, string name) => Assert.True(
        tests.GetMethod(name)?.GetCustomAttributes<FactAttribute>().Any(test => test.Skip is null), situation);

    [Fact]
    public void Situations_OfTheList_HaveDifferentNames() => Assert.Distinct(All.Select(row => row.Data.Item1));
}
