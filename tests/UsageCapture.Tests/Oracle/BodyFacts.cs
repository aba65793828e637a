namespace UsageCapture.Tests.Oracle;

/// <summary>What a body says, as far as a record depends on it: the same from the oracle and from the decoder, or one of them is wrong.</summary>
internal sealed record BodyFacts
{
    public TokenUsage? Usage { get; init; }

    public string? RawUsage { get; init; }

    public string? Id { get; init; }

    public string? Model { get; init; }

    public string? ServiceTier { get; init; }

    /// <summary>Gets the last finish reason of each choice that has one, in the order of the choices' indexes.</summary>
    public string FinishReasons { get; init; } = "";

    public bool EveryChoiceFinished { get; init; }

    public bool UsageIsFinal { get; init; }

    public bool HasError { get; init; }

    public bool HasEnded { get; init; }
}
