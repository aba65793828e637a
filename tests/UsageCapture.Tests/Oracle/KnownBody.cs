using UsageCapture.Providers;

namespace UsageCapture.Tests.Oracle;

/// <summary>A body with what it says, to be pushed in many ways that must all come to the same.</summary>
internal sealed class KnownBody
{
    private readonly byte[] _body;
    private readonly UsageProvider _provider;
    private readonly string? _mediaType;
    private readonly string[] _contentEncoding;
    private readonly BodyFacts _facts;
    private readonly UsageAnomalies _anomalies;

    /// <summary>Takes a body.</summary>
    /// <param name="body">The bytes as they are pushed.</param>
    /// <param name="provider">Whose body it is. The oracle knows chat completions; of all others the pieces have to come to the same as the whole.</param>
    /// <param name="mediaType">The media type that the response claims.</param>
    /// <param name="contentEncoding">The content codings.</param>
    /// <param name="plain">The bytes without the codings; null when these cannot be undone.</param>
    public KnownBody(byte[] body, UsageProvider provider, string? mediaType, string[] contentEncoding, byte[]? plain)
    {
        _body = body;
        _provider = provider;
        _mediaType = mediaType;
        _contentEncoding = contentEncoding;
        BodyFacts whole = PushedBody.Read(body, provider.CreateReader(), mediaType, Cuts.None, out _anomalies, contentEncoding);
        BodyFacts? expected = plain is null || provider is not ChatCompletionsProvider ? null : PlainDecoder.Read(plain, mediaType);
        IsReadable = expected is not null;
        _facts = expected ?? whole;
    }

    /// <summary>Gets whether the oracle can read the body; otherwise all pieces only have to come to the same as the whole.</summary>
    public bool IsReadable { get; }

    public void AssertSame(Cuts cuts)
    {
        BodyFacts facts = PushedBody.Read(_body, _provider.CreateReader(), _mediaType, cuts, out UsageAnomalies anomalies, _contentEncoding);
        if (facts != _facts || anomalies != _anomalies)
        {
            Assert.Fail($"Cut at {cuts}:\nexpected {_facts}, {_anomalies}\nactual   {facts}, {anomalies}");
        }
    }

    public void AssertSameInPiecesOfAnyLength()
    {
        for (int length = 1; length <= _body.Length; length++)
        {
            AssertSame(new Cuts(length));
        }
    }

    public void AssertSameInTwoPieces()
    {
        for (int place = 0; place <= _body.Length; place++)
        {
            AssertSame(new Cuts(0, place));
        }
    }

    /// <summary>Cuts at every two places that are no further apart than that.</summary>
    public void AssertSameInThreePieces(int maxMiddle)
    {
        for (int first = 1; first < _body.Length; first++)
        {
            for (int second = first + 1; second < Math.Min(_body.Length, first + maxMiddle + 1); second++)
            {
                AssertSame(new Cuts(0, first, second));
            }
        }
    }
}
