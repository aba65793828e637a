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
        { "S1 stopped at [DONE] and disposed of before the end", typeof(EndingTests), nameof(EndingTests.Response_StoppedAtDoneAndDisposed_IsCompletedBeforeTheBodyEnds) },
        { "S1 by the SDK, asynchronously", typeof(OpenAIStreamedTests), nameof(OpenAIStreamedTests.StreamedAsync_LoopEnds_RecordIsThere) },
        { "S1 by the SDK, synchronously", typeof(OpenAIStreamedTests), nameof(OpenAIStreamedTests.StreamedSync_LoopEnds_RecordIsThere) },
        { "S2 usage, then a reset", typeof(EndingTests), nameof(EndingTests.Response_BrokenAfterFinalUsage_IsFaultedAndExact) },
        { "S2 the end without [DONE]", typeof(ChatSituationTests), nameof(ChatSituationTests.Usage_WithoutTheTerminator_IsExactAndFlagged) },
        { "S3 cancelled in mid-stream", typeof(EndingTests), nameof(EndingTests.Response_CanceledDuringARead_IsCanceledAndPublishedAllTheSame) },
        { "S3 the token fired before the record is published", typeof(EndingTests), nameof(EndingTests.Response_CanceledBetweenReads_IsCanceledWithRunningUsageAsPartial) },
        { "S4 any cut, line end, comment, multi-line data, BOM", typeof(RecordingCutTests), nameof(RecordingCutTests.SmallRecording_InThreePieces_SaysTheSame) },
        { "S4 and damaged", typeof(MutationTests), nameof(MutationTests.MutatedBody_CutAnywhere_SaysWhatTheOracleReads) },
        { "S5 null, beside content, inside a choice, zeros at last", typeof(RecordingTests), nameof(RecordingTests.Recording_ReadToItsEnd_YieldsTheExpectedRecord) },
        { "S5 on its own chunk among empty ones", typeof(ChatSituationTests), nameof(ChatSituationTests.Usage_OnItsOwnChunkWithoutFinishReasonAmongEmptyChunksUnderAnotherModelName_IsExactAndFlagged) },
        { "S6 running usage is never added up", typeof(RecordingTests), nameof(RecordingTests.Recording_ReadToItsEnd_YieldsTheExpectedRecord) },
        { "S7 the latest word for each field", typeof(CorpusTests), nameof(CorpusTests.Response_OfARealService_YieldsItsUsage) },
        { "S8 no choices in Azure's first chunk", typeof(AzureTests), nameof(AzureTests.StreamedAsync_AtTheUndatedEndpoint_IsRecordedAsAzure) },
        { "S8 an error inside a success", typeof(ChatSituationTests), nameof(ChatSituationTests.Error_InTheMiddleOfAStream_ReachesTheCallerAtOnceAndIsRecorded) },
        { "S9 one event is hidden, or none", typeof(HiddenUsageTests), nameof(HiddenUsageTests.Event_ThatTheCallerAskedForOrNobody_IsForwarded) },
        { "S9 whatever the line ends and cuts", typeof(HiddenUsageTests), nameof(HiddenUsageTests.Event_OfUsageOnly_IsTakenOutWhateverTheLineEndsAndTheCuts) },
        { "S10 the body but for one member", typeof(SpliceTests), nameof(SpliceTests.Request_OfAnyObject_IsAskedAsMeantAndOtherwiseUnchanged) },
        { "S10 headers and length", typeof(RequestTests), nameof(RequestTests.Content_ThatIsSpliced_IsSentWithItsHeadersAndItsNewLength) },
        { "S10 sent again", typeof(RequestTests), nameof(RequestTests.Content_ThatIsSentTwiceBelow_IsTheSameBothTimes) },
        { "S11 refused, in every wording", typeof(RefusalTests), nameof(RefusalTests.Refusal_InAnyWording_IsAnsweredWithTheCallersOwnRequest) },
        { "S11 any other error", typeof(RefusalTests), nameof(RefusalTests.Error_ThatIsNoRefusal_IsTheCallersUntouched) },
        { "S12 data_sources", typeof(AzureTests), nameof(AzureTests.Stream_WithDataSources_IsLeftAlone) },
        { "S12 an image", typeof(AzureTests), nameof(AzureTests.Stream_WithAnImage_IsAsked) },
        { "S13 compressed because the caller asked for that", typeof(ByteIdentityTests), nameof(ByteIdentityTests.Response_ReadInAnyWayAndCutAtAnyByte_IsTheSame) },
        { "S14 a sink that throws", typeof(InlineDeliveryTests), nameof(InlineDeliveryTests.Sink_ThatThrows_IsLoggedWithTheRecordAndTheNextSinkHasItsTurn) },
        { "S14 a sink that is slow", typeof(InlineDeliveryTests), nameof(InlineDeliveryTests.Sink_ThatNeverReturns_DelaysTheTerminatorByThePublishTimeoutAndTheRecordIsLogged) },
        { "S14 a queue that is full", typeof(BufferedUsageSinkTests), nameof(BufferedUsageSinkTests.Queue_ThatIsFull_LetsTheEndOfTheResponseWaitAndThenLogsTheRecord) },
        { "S14 a shutdown", typeof(BufferedUsageSinkTests), nameof(BufferedUsageSinkTests.Records_ThatWait_ComeInBatchesInTheirOrderAndAllBeforeTheDisposalEnds) },
        { "S14 a shutdown while a tail is read", typeof(DrainTests), nameof(DrainTests.Handler_OnItsDisposal_WaitsForTheTail) },
        { "S15 a million chunks", typeof(BoundedMemoryTests), nameof(BoundedMemoryTests.Stream_OfAMillionChunks_IsDecodedFlat) },
        { "S15 a huge event", typeof(BoundedMemoryTests), nameof(BoundedMemoryTests.Event_OfManyMegabytes_IsDecodedFlat) },
        { "S15 very many at once", typeof(SoakTests), nameof(SoakTests.Streams_InGreatNumbersWithFaults_LoseNothing) },
        { "S16 read in every way", typeof(ByteIdentityTests), nameof(ByteIdentityTests.Response_ReadInAnyWayAndCutAtAnyByte_IsTheSame) },
        { "S16 asked for its stream twice", typeof(EndingTests), nameof(EndingTests.Response_WhoseStreamIsAskedForTwice_IsOneStreamAndOneRecord) },
        { "S16 never read", typeof(EndingTests), nameof(EndingTests.Response_NeverRead_IsAbandoned) },
        { "S16 never disposed of", typeof(EndingTests), nameof(EndingTests.Response_ThatIsDroppedUnreadAndUndisposed_IsAbandonedWhenTheCollectorFindsIt) },
        { "S17 a retry", typeof(ResilienceTests), nameof(ResilienceTests.Retries_OutsideOfCapture_AreNumberedAttemptsOfOneOperation) },
        { "S17 a hedge", typeof(ResilienceTests), nameof(ResilienceTests.Hedges_OfAClientOfTheFactory_AreOneOperationAndTheLoserHasNoUsage) },
        { "S17 a redirect", typeof(EndingTableTests), nameof(EndingTableTests.Exchange_HoweverItEnds_IsOneRecord) },
        { "S18 every other protocol and shape", typeof(CorpusTests), nameof(CorpusTests.Response_OfARealService_YieldsItsUsage) },
        { "S19 the request is disposed of before the body is read", typeof(RequestTests), nameof(RequestTests.Request_DisposedBeforeTheBodyIsRead_DoesNotMatter) },
        { "S20 odd counts", typeof(RecordingTests), nameof(RecordingTests.Recording_ReadToItsEnd_YieldsTheExpectedRecord) },
    };

    [Theory]
    [MemberData(nameof(All))]
    public void Situation_OfTheField_HasItsTest(string situation, Type tests, string name) => Assert.True(
        tests.GetMethod(name)?.GetCustomAttributes<FactAttribute>().Any(test => test.Skip is null), situation);

    [Fact]
    public void Situations_OneToTwenty_AreAllThere() => Assert.Equal(
        Enumerable.Range(1, 20).Select(number => $"S{number}"), All.Select(row => row.Data.Item1.Split(' ')[0]).Distinct());
}
