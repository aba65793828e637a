namespace UsageCapture.Benchmarks.Bodies;

/// <summary>The two counts that every contender must find.</summary>
internal readonly record struct Tokens(long Input, long Output);
