namespace UsageCapture.Tests;

/// <summary>Creates records with random values in all members. The same seed gives the same record.</summary>
internal static class RandomRecord
{
    private static readonly string[] Texts =
        ["", "stop", "gpt-5-mini", "\"quoted\" \\ / \n\t", "ça va 你好 🙂", "\u2028\u0085\0", "null", "{}", new string('x', 300)];

    private static readonly string[] RawUsages =
    [
        "{}", "[]", "0", "\"\"", "true", "{\"a\":1e400,\"b\":-0,\"c\":0.1000}", """{ "a" : [ 1 , 2 ] , "b b" : " \" [ , " }""",
        """{"lone":"\ud800","name\udc00":"\\"}""", "{\"text\":\"你好 🙂\u2028\"}", "{\"twice\":1,\"twice\":2}",
        new string('[', 63) + new string(']', 63), "\r\n{\t\"a\":\r\nnull}\r\n",
    ];

    public static UsageRecord Create(int seed)
    {
        var random = new Random(seed);
        return new UsageRecord
        {
            Id = NextId(random),
            StartedAt = new DateTimeOffset(random.NextInt64(DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks), TimeSpan.Zero),
            Duration = NextDuration(random),
            TimeToFirstChunk = NextOrNull(random, NextDuration),
            Provider = NextText(random),
            Operation = NextText(random),
            Protocol = NextText(random),
            ServerAddress = NextText(random),
            ServerPort = random.Next(),
            Deployment = MaybeText(random),
            ApiVersion = MaybeText(random),
            Region = MaybeText(random),
            RequestModel = MaybeText(random),
            ResponseModel = MaybeText(random),
            ResponseId = MaybeText(random),
            RequestId = MaybeText(random),
            StatusCode = NextOrNull(random, static random => random.Next(100, 600)),
            Streaming = NextBool(random),
            FinishReasons = [.. Enumerable.Range(0, random.Next(4)).Select(_ => NextText(random))],
            RequestedServiceTier = MaybeText(random),
            ServiceTier = MaybeText(random),
            Speed = MaybeText(random),
            IsGatewayCacheHit = random.Next(2) == 0,
            Usage = NextOrNull(random, NextUsage),
            Iterations = [.. Enumerable.Range(0, random.Next(3)).Select(_ => NextIteration(random))],
            RawUsage = NextBool(random) ? null : RawUsages[random.Next(RawUsages.Length)],
            Status = NextValue<UsageStatus>(random),
            Outcome = NextValue<UsageOutcome>(random),
            Anomalies = Enum.GetValues<UsageAnomalies>().Where(_ => NextBool(random)).Aggregate(UsageAnomalies.None, (all, flag) => all | flag),
            Error = NextBool(random)
                ? null
                : new UsageError { Code = MaybeText(random), Type = MaybeText(random), Parameter = MaybeText(random) },
            UsageRequest = NextOrNull(random, NextValue<UsageRequestState>),
            CallId = NextId(random),
            Attempt = random.Next(),
            Tags = Enumerable.Range(0, random.Next(4)).ToDictionary(index => $"{index} {NextText(random)}", _ => NextText(random)),
            TraceId = MaybeText(random),
            SpanId = MaybeText(random),
            NeedsReview = NextBool(random),
        };
    }

    private static UsageIteration NextIteration(Random random) => new()
    {
        Type = NextText(random),
        Model = MaybeText(random),
        Usage = NextUsage(random),
        IsInTotal = NextBool(random),
    };

    private static TokenUsage NextUsage(Random random) => new()
    {
        InputTokens = NextCount(random),
        CachedInputTokens = NextCount(random),
        CacheWriteTokens = NextCount(random),
        CacheWrite5mTokens = NextCount(random),
        CacheWrite1hTokens = NextCount(random),
        OutputTokens = NextCount(random),
        ReasoningTokens = NextCount(random),
        InputAudioTokens = NextCount(random),
        InputImageTokens = NextCount(random),
        CachedInputAudioTokens = NextCount(random),
        CachedInputImageTokens = NextCount(random),
        OutputAudioTokens = NextCount(random),
        OutputImageTokens = NextCount(random),
        AcceptedPredictionTokens = NextCount(random),
        RejectedPredictionTokens = NextCount(random),
        TotalTokens = NextCount(random),
        ServerToolRequests = NextCount(random),
        ReportedCost = NextOrNull(
            random, static random => new decimal(random.Next(), random.Next(), random.Next(), isNegative: false, (byte)random.Next(29))),
    };

    private static long? NextCount(Random random) => NextOrNull(random, static random => random.NextInt64(random.Next(2) == 0 ? 10 : long.MaxValue));

    private static TimeSpan NextDuration(Random random) => random.Next(8) switch
    {
        0 => TimeSpan.Zero,
        1 => TimeSpan.MaxValue,
        2 => TimeSpan.MinValue,
        3 => TimeSpan.FromTicks(1),
        _ => TimeSpan.FromTicks(random.NextInt64(TimeSpan.TicksPerDay)),
    };

    private static Guid NextId(Random random)
    {
        byte[] bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }

    private static string NextText(Random random) => Texts[random.Next(Texts.Length)];

    private static string? MaybeText(Random random) => NextBool(random) ? null : NextText(random);

    private static bool NextBool(Random random) => random.Next(2) == 0;

    private static TEnum NextValue<TEnum>(Random random)
        where TEnum : struct, Enum => random.GetItems(Enum.GetValues<TEnum>(), 1)[0];

    private static T? NextOrNull<T>(Random random, Func<Random, T> next)
        where T : struct => NextBool(random) ? null : next(random);
}
