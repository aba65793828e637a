using UsageCapture.Decoding;

namespace UsageCapture.Recognition;

/// <summary>Recognizes the responses of several providers by their members, with one scan of each document for all providers.</summary>
internal sealed class ResponseShapes
{
    private readonly UsageFields _fields;
    private readonly (UsageProvider Provider, UsageFields Fields)[] _providers;

    /// <summary>Merges the <see cref="UsageProvider.ResponseFields"/> of providers. Providers without such fields are left out.</summary>
    public ResponseShapes(IEnumerable<UsageProvider> providers)
    {
        _providers = [.. providers.Select(provider => (provider, provider.ResponseFields!)).Where(item => item.Item2 is not null)];
        _fields = new UsageFields([.. _providers.Select(item => item.Fields)]);
    }

    /// <summary>Gets the values of a document that the providers examine. The decoder skips everything else.</summary>
    public JsonShape Shape => _fields.Shape;

    /// <summary>Finds the first provider whose <see cref="UsageProvider.MatchesResponse"/> accepts a document; null when none does.</summary>
    /// <param name="captures">The values of the document, decoded with <see cref="Shape"/>.</param>
    public UsageProvider? FindProvider(JsonCaptures captures)
    {
        var document = new UsageDocument(captures, _fields);
        foreach ((UsageProvider provider, UsageFields fields) in _providers)
        {
            if (provider.MatchesResponse(document.View(fields)))
            {
                return provider;
            }
        }

        return null;
    }
}
