using UsageCapture.Benchmarks.Bodies;
using UsageCapture.Benchmarks.Contenders;

namespace UsageCapture.Benchmarks;

/// <summary>All who take part in one situation, with one size of reads.</summary>
internal sealed class Trial : IDisposable
{
    public Trial(Situation situation, Reads reads)
    {
        Situation = situation;
        Reads = reads;
        Body body = situation.Body;
        Uri address = situation.Address;
        PlainRead = new PlainRead(new BodyHandler(body, reads), address);
        Capture = new CapturedRead(new BodyHandler(body, reads), address);
        JsonReader = new JsonReaderRead(new BodyHandler(body, reads), address, body);
        JsonDocument = new JsonDocumentRead(new BodyHandler(body, reads), address, body);
        OpenAIClient = situation.IsForOpenAIClient ? new OpenAIClientRead(new BodyHandler(body, reads)) : null;
        Inflation = body.IsGzip ? new Inflation(new BodyHandler(body, reads), address) : null;
        Copy = new MemoryCopy(body);
        Search = new UsageSearch(body);
    }

    public Situation Situation { get; }

    public Reads Reads { get; }

    public IContender PlainRead { get; }

    public IContender Capture { get; }

    public IContender JsonReader { get; }

    public IContender JsonDocument { get; }

    public IContender? OpenAIClient { get; }

    public IContender? Inflation { get; }

    public IContender Copy { get; }

    public IContender Search { get; }

    /// <summary>Gets those who have to find the usage, by name.</summary>
    public IEnumerable<(string Name, IContender Contender)> Finders => Named(
        ("UsageCapture", Capture),
        (nameof(JsonReader), JsonReader),
        (nameof(JsonDocument), JsonDocument),
        (nameof(OpenAIClient), OpenAIClient));

    /// <summary>Gets those who read the response, by name.</summary>
    public IEnumerable<(string Name, IContender Contender)> Readers => [(nameof(PlainRead), PlainRead), .. Finders];

    /// <summary>Gets everybody, by name.</summary>
    public IEnumerable<(string Name, IContender Contender)> All =>
    [
        .. Readers,
        .. Named((nameof(Inflation), Inflation), (nameof(Copy), Copy), (nameof(Search), Search)),
    ];

    public void Dispose()
    {
        foreach ((string _, IContender contender) in All)
        {
            contender.Dispose();
        }
    }

    private static IEnumerable<(string Name, IContender Contender)> Named(
        params IEnumerable<(string Name, IContender? Contender)> contenders)
    {
        foreach ((string name, IContender? contender) in contenders)
        {
            if (contender is not null)
            {
                yield return (name, contender);
            }
        }
    }
}
