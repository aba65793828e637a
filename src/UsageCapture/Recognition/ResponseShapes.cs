using UsageCapture.Decoding;

namespace UsageCapture.Recognition;

/// <summary>The shapes of the responses of some providers, merged so that one scan of a document serves all of them.</summary>
internal sealed class ResponseShapes
{
    private readonly UsageFields _fields;
    private readonly UsageProvider[] _providers;

    /// <summary>Merges the shapes of providers. A provider without one is left out.</summary>
    public ResponseShapes(IEnumerable<UsageProvider> providers)
    {
        _providers = [.. providers.Where(provider => provider.ResponseFields is not null)];
        _fields = new UsageFields([.. _providers.Select(provider => provider.ResponseFields!)]);
    }

    /// <summary>Gets the parts of a document that the providers look at.</summary>
    public JsonShape Shape => _fields.Shape;

    /// <summary>Finds the first provider whose response a document is; null when it is of none.</summary>
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
