using UsageCapture.Benchmarks.Bodies;

namespace UsageCapture.Benchmarks;

/// <summary>A kind of response, and where one asks for it.</summary>
/// <param name="Name">The name in the tables.</param>
/// <param name="Address">The address that the request goes to.</param>
/// <param name="Body">The response's body.</param>
internal sealed record Situation(string Name, Uri Address, Body Body)
{
    private static readonly Reads[] Streamed = [Reads.Small, Reads.Large, Reads.ByEvent];
    private static readonly Reads[] Whole = [Reads.Small, Reads.Large];

    /// <summary>Gets whether the OpenAI SDK's chat client can read it.</summary>
    public bool IsForOpenAIClient => Body.Place == UsagePlace.Chat && Body is { IsEventStream: true, IsGzip: false };

    /// <summary>Gets the sizes of reads that make a difference.</summary>
    public IReadOnlyList<Reads> SizesOfReads => Body.IsEventStream ? Streamed : Whole;
}
