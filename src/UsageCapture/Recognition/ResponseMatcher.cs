using UsageCapture.Decoding;

namespace UsageCapture.Recognition;

/// <summary>Finds the provider whose API has sent a response, by the members of its JSON documents. One scan of a document serves several providers.</summary>
/// <remarks><see cref="ProviderRegistry"/> creates it, and <see cref="ProviderDetector"/> uses it for responses from unknown addresses.</remarks>
internal sealed class ResponseMatcher
{
    private readonly UsageFields _fields; // The merged fields of all providers.
    private readonly (UsageProvider Provider, UsageFields Fields)[] _providers;

    // For each provider, the set of slots of all its fields. A slot is one of the at most 64 places in JsonCaptures where values are kept, and
    // a set has one bit for each. Null before the first document, because fields may be added to UsageFields until then.
    private ulong[]? _slotsByProvider;

    /// <summary>Merges the <see cref="UsageProvider.ResponseFields"/> of providers. Providers without such fields are left out.</summary>
    public ResponseMatcher(IEnumerable<UsageProvider> providers)
    {
        _providers = [.. providers.Where(provider => provider.ResponseFields is not null).Select(provider => (provider, provider.ResponseFields!))];
        _fields = new UsageFields([.. _providers.Select(item => item.Fields)]);
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
        ulong[] slotsByProvider = _slotsByProvider ??= GetSlotsByProvider(); // Two threads may do it at once, with the same result.
        var document = new UsageDocument(captures, _fields);
        for (int i = 0; i < _providers.Length; i++)
        {
            (UsageProvider provider, UsageFields fields) = _providers[i];

            // Most documents of ordinary APIs have none of the fields. The view has only the values that this provider asks for.
            if (captures.HasAny(slotsByProvider[i]) && provider.MatchesResponse(document.View(fields)))
            {
                return provider;
            }
        }

        return null;
    }

    private ulong[] GetSlotsByProvider()
    {
        ulong[] slotsByProvider = new ulong[_providers.Length];
        for (int i = 0; i < _providers.Length; i++)
        {
            foreach (ulong slotsOfField in _fields.GetSlotsByField(_providers[i].Fields))
            {
                slotsByProvider[i] |= slotsOfField;
            }
        }

        return slotsByProvider;
    }
}
