using UsageCapture.Decoding;

namespace UsageCapture.Recognition;

/// <summary>Finds the provider whose API has sent a response, by the members of its JSON documents. One scan of a document serves several providers.</summary>
/// <remarks><see cref="ProviderRegistry"/> creates it, and <see cref="ProviderDetector"/> uses it for responses from unknown addresses.</remarks>
internal sealed class ResponseMatcher
{
    private readonly UsageFields _fields; // The merged fields of all providers.
    private readonly (UsageProvider Provider, UsageFields Fields, ulong Slots)[] _providers; // With the slots of all its fields.

    /// <summary>Merges the <see cref="UsageProvider.ResponseFields"/> of providers. Providers without such fields are left out.</summary>
    public ResponseMatcher(IEnumerable<UsageProvider> providers)
    {
        (UsageProvider Provider, UsageFields Fields)[] all =
            [.. providers.Where(provider => provider.ResponseFields is not null).Select(provider => (provider, provider.ResponseFields!))];
        _fields = new UsageFields([.. all.Select(item => item.Fields)]);
        _providers = [.. all.Select(item => (item.Provider, item.Fields, GetAllSlots(item.Fields)))];
    }

    /// <summary>Gets the values of a document that the providers examine. The decoder skips everything else.</summary>
    public JsonShape Shape => _fields.Shape;

    /// <summary>
    /// Finds the first provider whose <see cref="UsageProvider.MatchesResponse"/> accepts a document; null when none does. A provider is not
    /// asked about a document that has none of its fields.
    /// </summary>
    /// <param name="captures">The values of the document, decoded with <see cref="Shape"/>.</param>
    public UsageProvider? FindProvider(JsonCaptures captures)
    {
        var document = new UsageDocument(captures, _fields);
        foreach ((UsageProvider provider, UsageFields fields, ulong slots) in _providers)
        {
            // Most documents of ordinary APIs have none of the fields. The view has only the values that this provider asks for.
            if (captures.HasAny(slots) && provider.MatchesResponse(document.View(fields)))
            {
                return provider;
            }
        }

        return null;
    }

    private ulong GetAllSlots(UsageFields fields) => _fields.GetSlots(fields).Aggregate(0ul, (all, slots) => all | slots);
}
