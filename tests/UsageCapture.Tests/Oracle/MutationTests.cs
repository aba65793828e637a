using System.Globalization;

using UsageCapture.Testing;

namespace UsageCapture.Tests.Oracle;

/// <summary>
/// Whatever becomes of a body on its way, the decoder survives it, and where the oracle can read it, says the same.
/// <c>USAGECAPTURE_MUTATIONS</c> sets how many bodies are tried, <c>USAGECAPTURE_SEED</c> which.
/// </summary>
public sealed class MutationTests
{
    private static readonly int Count = Setting("USAGECAPTURE_MUTATIONS", 200_000);
    private static readonly int Seed = Setting("USAGECAPTURE_SEED", 20_260_801);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void MutatedBody_CutAnywhere_SaysWhatTheOracleReads()
    {
        int readable = 0;
        for (int number = 0; number < Count; number++)
        {
            Token.ThrowIfCancellationRequested();
            var mutated = new MutatedBody(Seed, number);
            BodyFacts? expected = PlainDecoder.Read(mutated.Body, mutated.MediaType);
            BodyFacts actual = Decode(mutated, mutated.Cuts);
            readable += expected is null ? 0 : 1;
            if (expected is not null && expected != actual)
            {
                string uncut = Decode(mutated, Cuts.None) == expected ? "right" : "wrong too";
                Assert.Fail($"{mutated}\nexpected {expected}\nactual   {actual}\nin one piece it is {uncut}");
            }
        }

        Assert.True(readable > Count / 2, $"Of {Count} bodies the oracle could read only {readable}: most of them test little.");
    }

    [Fact]
    public async Task MutatedBody_ReadThroughTheHandler_IsUnchangedAndYieldsOneRecord()
    {
        var sink = new InMemoryUsageSink();
        var logger = new CollectingLogger<UsageCaptureHandler>();
        for (int number = 0; number < Count / 20; number++)
        {
            var mutated = new MutatedBody(Seed, -1 - number);
            using var client = new HttpClient(new UsageCaptureHandler(sink, logger: logger) { InnerHandler = new ReplayHandler(mutated.ToRecording()) });
            using HttpRequestMessage request = Chat.Request();
            using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
            using var body = new MemoryStream();
            await (await response.Content.ReadAsStreamAsync(Token)).CopyToAsync(body, 700, Token);

            if (!body.GetBuffer().AsSpan(0, (int)body.Length).SequenceEqual(mutated.Body) || sink.Records.Count != 1 || logger.Entries.Count > 0)
            {
                Assert.Fail($"{mutated}\n{body.Length} bytes read, {sink.Records.Count} records, {string.Join('\n', logger.Entries)}");
            }

            sink.Clear();
        }
    }

    private static BodyFacts Decode(MutatedBody mutated, Cuts cuts)
    {
        try
        {
            return PushedBody.Read(mutated.Body, mutated.MediaType, cuts);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"The decoder failed at {mutated}", exception);
        }
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
