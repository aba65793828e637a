using System.Text;
using System.Text.RegularExpressions;

namespace UsageCapture.Testing.Scrubbing;

/// <summary>Overwrites with as many X what should not be written down, so that every length stays what it was.</summary>
internal sealed partial class Scrubber
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string[] _secrets;
    private readonly Regex? _members;

    /// <summary>Makes a scrubber.</summary>
    /// <param name="secrets">Texts that are overwritten wherever they stand.</param>
    /// <param name="members">Names of JSON members whose text is, or all texts in it.</param>
    public Scrubber(IEnumerable<string> secrets, IEnumerable<string> members)
    {
        // Longer ones first: one may contain another.
        _secrets = [.. secrets.Where(secret => secret.Length > 0).Select(AsBytes).Distinct(StringComparer.Ordinal).OrderByDescending(secret => secret.Length)];
        string names = string.Join('|', members.Select(Regex.Escape));
        _members = names.Length == 0 ? null : new Regex(
            $$"""(?<before>"(?:{{names}})"\s*:\s*)(?<value>"(?:[^"\\]|\\.)*"|\{[^{}]*\})""",
            RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking,
            Patience);
    }

    /// <summary>Scrubs a body, text or not: in Latin-1 every byte is a character.</summary>
    public byte[] Scrub(byte[] body) => Encoding.Latin1.GetBytes(ScrubBytes(Encoding.Latin1.GetString(body)));

    public string Scrub(string text) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(ScrubBytes(AsBytes(text))));

    private static string AsBytes(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private static string Overwrite(string text) => new('X', text.Length);

    private string ScrubBytes(string text)
    {
        foreach (string secret in _secrets)
        {
            text = text.Replace(secret, Overwrite(secret), StringComparison.OrdinalIgnoreCase);
        }

        text = LooksLikeAKey().Replace(text, match => Overwrite(match.Value));
        return _members is null ? text : _members.Replace(text, match => match.Groups["before"].Value + OverwriteTexts(match.Groups["value"].Value));
    }

    /// <summary>Overwrites a JSON string, or the strings that are the values of an object.</summary>
    private static string OverwriteTexts(string value) => value[0] == '"'
        ? $"\"{Overwrite(value[1..^1])}\""
        : MemberText().Replace(value, match => match.Groups["before"].Value + OverwriteTexts(match.Groups["value"].Value));

    [GeneratedRegex("""(?<before>:\s*)(?<value>"(?:[^"\\]|\\.)*")""", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex MemberText();

    // Keys of the services with their prefixes, tokens, addresses of people, and the numbers of Amazon's accounts.
    [GeneratedRegex(
        """
        (?<![A-Za-z0-9])(?:
            (?:sk|pk|rk|gsk|xai|hf|nvapi|pplx|csk|fw|sess|org|proj|user)[-_][A-Za-z0-9_-]{16,}
          | AIza[A-Za-z0-9_-]{30,}
          | (?:AKIA|ASIA)[A-Z0-9]{16}
          | eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*
          | [A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+
          | (?<=arn:aws:[a-z0-9-]*:[a-z0-9-]*:)[0-9]{12}
        )
        """,
        RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace,
        matchTimeoutMilliseconds: 10_000)]
    private static partial Regex LooksLikeAKey();
}
