using UsageCapture.Testing.Matching;

namespace UsageCapture.Testing.Scrubbing;

/// <summary>Replaces the parts of an address that identify an account: in the host, the path and the query.</summary>
/// <remarks>Each Scrub method returns the part with placeholders, and adds the replaced texts to the secrets.</remarks>
internal sealed class ScrubbedAddress
{
    private const string AccountPlaceholder = "account";
    private const string HostPlaceholder = "recorded.example"; // RFC 2606 reserves the domain, so a request never reaches a real server.
    private const string QueryValuePlaceholder = "X"; // The letter with which secrets in bodies are overwritten.

    // Domains of Azure. The label in front of them is the name of a customer's account.
    private static readonly string[] AccountDomains =
    [
        ".openai.azure.com", ".services.ai.azure.com", ".cognitiveservices.azure.com", ".inference.ai.azure.com", ".models.ai.azure.com",
        ".azure-api.net",
    ];

    // All customers share these hosts. Their names contain a region or a service, but not an account. They are kept in addition to the allowed
    // hosts of the options, which are whole names without patterns.
    private static readonly string[] SharedHosts =
    [
        "bedrock*.amazonaws.com", "*aiplatform.googleapis.com", "*.anthropic.com", "*.openai.com",
    ];

    private readonly List<string> _secrets = [];

    /// <summary>Replaces the account parts of an address.</summary>
    /// <param name="url">The absolute address.</param>
    /// <param name="options">The hosts and query parameters to keep.</param>
    public ScrubbedAddress(Uri url, RecordingHandlerOptions options)
    {
        var builder = new UriBuilder(url) { Host = ScrubHost(url.Host, options.AllowedHosts), UserName = "", Password = "", Fragment = "" };
        builder.Path = ScrubPath(url);
        builder.Query = ScrubQuery(url, options.AllowedQueryParameters);
        Url = builder.Uri;
    }

    /// <summary>Gets the address with placeholders.</summary>
    public Uri Url { get; }

    /// <summary>Gets the replaced texts. They are secrets in headers and bodies too.</summary>
    public IReadOnlyList<string> Secrets => _secrets;

    private string ScrubHost(string host, ICollection<string> allowedHosts)
    {
        if (allowedHosts.Contains(host) || Array.Exists(SharedHosts, pattern => WildcardPattern.Matches(pattern, host)))
        {
            return host;
        }

        _secrets.Add(host);
        if (Array.Find(AccountDomains, domain => host.EndsWith(domain, StringComparison.OrdinalIgnoreCase)) is not { } accountDomain)
        {
            return HostPlaceholder;
        }

        AddAccount(host[..^accountDomain.Length]);
        return AccountPlaceholder + accountDomain;
    }

    private void AddAccount(string account)
    {
        // An address that was scrubbed before has the placeholder. As a secret, it would overwrite the common word "account" in bodies.
        if (account != AccountPlaceholder)
        {
            _secrets.Add(account);
        }
    }

    /// <summary>Replaces the segment after <c>projects</c> (Google) and <c>accounts</c> (Cloudflare).</summary>
    private string ScrubPath(Uri url)
    {
        string[] segments = url.AbsolutePath.Split('/');
        for (int i = 1; i < segments.Length; i++)
        {
            if (segments[i - 1] is "projects" or "accounts" && segments[i].Length > 0)
            {
                AddAccount(segments[i]);
                segments[i] = AccountPlaceholder;
            }
        }

        return string.Join('/', segments);
    }

    /// <summary>Replaces the values of all parameters that are not allowed. Parameters without a value stay.</summary>
    private string ScrubQuery(Uri url, ICollection<string> allowedParameters)
    {
        string[] parameters = url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < parameters.Length; i++)
        {
            string[] nameAndValue = parameters[i].Split('=', 2);
            if (nameAndValue.Length == 1 || allowedParameters.Contains(nameAndValue[0]))
            {
                continue;
            }

            // In the address, the value is always replaced. Short values and common words are not secrets in bodies, which would become unreadable.
            string value = Uri.UnescapeDataString(nameAndValue[1]);
            if (RequestSecrets.CouldBeSecret(value))
            {
                _secrets.Add(value);
            }

            parameters[i] = $"{nameAndValue[0]}={QueryValuePlaceholder}";
        }

        return string.Join('&', parameters);
    }
}
