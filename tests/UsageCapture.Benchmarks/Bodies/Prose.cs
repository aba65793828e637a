namespace UsageCapture.Benchmarks.Bodies;

/// <summary>Makes up what a model says, piece by piece, as JSON text between its quotes. The same seed says the same.</summary>
internal sealed class Prose(int seed)
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int SpecialEvery = 12;
    private const int MaxObfuscation = 16;

    private static readonly string[] Plain =
    [
        " the", " of", " and", " to", " a", " in", " is", " that", " for", " it", " with", " as", " on", " this", " token", " stream",
        " usage", " counted", " response", " server", ",", ".", " because", " every", " reader", " must", " not", " wait", " until",
        " final", " chunk", " arrives", " which", " may", " be", " never", "ing", "ed", "ly", " explanation", " interoperability",
    ];

    private static readonly string[] Special =
    [
        @"\n\n", @" \""quoted\""", @"\\", @"\t", " café", " naïve", " — ", " 日本語", " 😀", @" \u00fc", @" {\""usage\"":{\""total_tokens\"":1}}", "```",
    ];

    private readonly Random _random = new(seed);

    /// <summary>Says one word or part of one.</summary>
    public string Next() => _random.Next(SpecialEvery) == 0 ? Pick(Special) : Pick(Plain);

    /// <summary>Says several.</summary>
    public string Next(int count) => string.Concat(Enumerable.Range(0, count).Select(_ => Next()));

    /// <summary>Makes padding of a varying length, as servers send it to hide the length of a word.</summary>
    public string Obfuscation() => new(_random.GetItems<char>(Alphabet, _random.Next(1, MaxObfuscation + 1)));

    /// <summary>Makes spaces of a varying number.</summary>
    public string Spaces() => new(' ', _random.Next(MaxObfuscation));

    /// <summary>Makes a number as embeddings have them.</summary>
    public double Number() => (_random.NextDouble() - 0.5) / 10;

    private string Pick(string[] pieces) => pieces[_random.Next(pieces.Length)];
}
