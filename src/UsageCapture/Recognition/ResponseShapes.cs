using UsageCapture.Decoding;

namespace UsageCapture.Recognition;

/// <summary>Recognizes the responses of several providers by their members, with one scan of each document for all providers.</summary>
internal sealed class ResponseShapes
{
    private readonly UsageFields _fields;
    private readonly UsageProvider[] _providers;

    /// <summary>Merges the <see cref="UsageProvider.ResponseFields"/> of providers. Providers without such fields are left out.</summary>
    public ResponseShapes(IEnumerable<UsageProvider> providers)
    {
        _providers = [.. providers.Where(provider => provider.ResponseFields is not null)];
        _fields = new UsageFields([.. _providers.Select(provider => provider.ResponseFields!)]);
    }

    /// <summary>Gets the values of a document that the providers examine. The decoder skips everything else.</summary>
    public JsonShape Shape => _fields.Shape;

    /// <summary>Finds the first provider whose <see cref="UsageProvider.MatchesResponse"/> accepts a document; null when none does.</summary>
    /// <param name="captures">The values of the document, decoded with <see cref="Shape"/>.</param>
    public UsageProvider? FindProvider(JsonCaptures captures)
    {
        var document = new UsageDocument(captures, _fields);
        foreach (UsageProvider provider in _providers)
        {
            if (provider.ResponseFields is { } fields && provider.MatchesResponse(document.View(fields)))
            {
                return provider;
            }
        }

        return null;
    }
}
