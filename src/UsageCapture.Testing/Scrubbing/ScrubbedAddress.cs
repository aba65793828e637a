using UsageCapture.Testing.Replay;

namespace UsageCapture.Testing.Scrubbing;

/// <summary>An address without what names an account: in its host, its path and its query.</summary>
internal sealed class ScrubbedAddress
{
    private const string NoAccount = "account";
    private const string NoHost = "recorded.example";

    // What stands before these in a host is the name of somebody's account.
    private static readonly string[] AccountHosts =
    [
        ".openai.azure.com", ".services.ai.azure.com", ".cognitiveservices.azure.com", ".inference.ai.azure.com", ".models.ai.azure.com",
        ".azure-api.net",
    ];

    // These name a region and a service, and no account.
    private static readonly string[] RegionalHosts = ["bedrock*.amazonaws.com", "*aiplatform.googleapis.com", "*.anthropic.com", "*.openai.com"];

    private readonly List<string> _secrets = [];

    public ScrubbedAddress(Uri url, RecordingHandlerOptions options)
    {
        var scrubbed = new UriBuilder(url) { Host = HostOf(url.Host, options.Hosts), UserName = "", Password = "", Fragment = "" };
        scrubbed.Path = PathOf(url);
        scrubbed.Query = QueryOf(url, options.QueryParameters);
        Url = scrubbed.Uri;
    }

    public Uri Url { get; }

    /// <summary>Gets what was taken out, to be overwritten elsewhere too.</summary>
    public IReadOnlyList<string> Secrets => _secrets;

    private string HostOf(string host, ICollection<string> allowed)
    {
        if (allowed.Contains(host) || Array.Exists(RegionalHosts, pattern => PathPattern.Matches(pattern, host)))
        {
            return host;
        }

        _secrets.Add(host);
        if (Array.Find(AccountHosts, suffix => host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) is { } known)
        {
            string account = host[..^known.Length];
            if (account != NoAccount)
            {
                _secrets.Add(account);
            }

            return NoAccount + known;
        }

        return NoHost;
    }

    /// <summary>Overwrites the segment after <c>projects</c> and <c>accounts</c>: Google's and Cloudflare's accounts.</summary>
    private string PathOf(Uri url)
    {
        string[] segments = url.AbsolutePath.Split('/');
        for (int i = 1; i < segments.Length; i++)
        {
            if (segments[i - 1] is "projects" or "accounts" && segments[i].Length > 0)
            {
                _secrets.Add(segments[i]);
                segments[i] = NoAccount;
            }
        }

        return string.Join('/', segments);
    }

    private string QueryOf(Uri url, ICollection<string> allowed)
    {
        string[] parameters = url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries);
        return string.Join('&', parameters.Select(parameter =>
        {
            string[] pair = parameter.Split('=', 2);
            if (pair.Length == 1 || allowed.Contains(pair[0]))
            {
                return parameter;
            }

            string value = Uri.UnescapeDataString(pair[1]);
            if (RequestSecrets.MayBe(value))
            {
                _secrets.Add(value);
            }

            return $"{pair[0]}=X";
        }));
    }
}
