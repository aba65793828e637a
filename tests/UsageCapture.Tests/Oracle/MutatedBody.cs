using UsageCapture.Providers;
using UsageCapture.Testing;

namespace UsageCapture.Tests.Oracle;

/// <summary>A mutated body and where it is cut: number so and so of the ones that a seed yields.</summary>
internal sealed class MutatedBody
{
    private const int MaxShown = 6000;

    private static readonly byte[][] Recorded =
        [.. Recordings.Names.Select(Recordings.Get).Where(recording => IsKnown(recording) && recording.Body.Length > 0).Select(recording => recording.Body.ToArray())];

    // The streams are the same for every seed, so that they are made once.
    private static readonly byte[][] Streams =
        [.. Enumerable.Range(0, 3000).Select(number => new Random(Mix(0, number))).Select(random => ChunkStream.Create(random, ChunksOf(random)))];

    private readonly string _origin;

    public MutatedBody(int seed, int number)
    {
        _origin = $"USAGECAPTURE_SEED={seed}, mutation {number}";
        var random = new Random(Mix(seed, number));
        Body = random.Next(10) < 6 ? Streams[random.Next(Streams.Length)] : Recorded[random.Next(Recorded.Length)];
        for (int mutations = random.Next(7); mutations > 0; mutations--)
        {
            Body = Mutation.Apply(random, Body);
        }

        MediaType = random.Next(5) switch { 0 => null, 1 => "application/json", _ => "text/event-stream" };
        Cuts = Cuts.Random(random, Body.Length);
    }

    public byte[] Body { get; }

    public string? MediaType { get; }

    public Cuts Cuts { get; }

    /// <summary>Makes a recording of it, whose reads end where it is cut.</summary>
    public Recording ToRecording()
    {
        List<RecordedChunk> chunks = [];
        for (int start = 0; start < Body.Length; start += chunks[^1].Length)
        {
            chunks.Add(new RecordedChunk { Length = Cuts.EndOfPiece(start, Body.Length) - start });
        }

        return new Recording
        {
            Name = _origin,
            Body = Body,
            Request = new RecordedRequest { Url = new Uri(Chat.Url), Match = RequestMatch.Any },
            Response = new RecordedResponse
            {
                Headers = MediaType is null ? null : new Dictionary<string, string> { ["content-type"] = MediaType },
                Chunks = chunks,
            },
        };
    }

    /// <summary>Says how to get this body again, in a form that can be made a test.</summary>
    public override string ToString()
    {
        ReadOnlySpan<byte> shown = Body.AsSpan(..Math.Min(Body.Length, MaxShown));
        return $"{_origin}, media type {MediaType ?? "none"}, {Body.Length} bytes, {Cuts}\n{Convert.ToBase64String(shown)}{(shown.Length < Body.Length ? "… (cut off here)" : "")}";
    }

    // The oracle knows chat completions.
    private static bool IsKnown(Recording recording)
    {
        using HttpResponseMessage response = recording.CreateResponse();
        return response.Content.Headers.ContentEncoding.Count == 0 && new ChatCompletionsProvider().Matches(recording.Request.Url);
    }

    private static int ChunksOf(Random random) => random.Next(40) switch
    {
        0 => random.Next(60, 200),
        < 8 => random.Next(20, 60),
        _ => random.Next(2, 20),
    };

    // Recorded that are neighbours would begin with numbers that are.
    private static int Mix(int seed, int number)
    {
        ulong mixed = (((ulong)(uint)seed << 32) | (uint)number) * 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        return (int)(mixed >> 32);
    }
}
