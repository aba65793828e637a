using System.Text;
using System.Text.RegularExpressions;

namespace UsageCapture.Testing.Scrubbing;

/// <summary>Overwrites secrets with the letter X. Lengths in bytes stay the same, so that chunks still add up to the body.</summary>
/// <remarks>
/// Three kinds of text are overwritten: the given secrets, texts that look like credentials, and the text of the given JSON members. The
/// scrubber works on bytes, as Latin-1 text in which each character is one byte. So bodies need not be valid UTF-8.
/// </remarks>
internal sealed partial class Scrubber
{
    private const char Replacement = 'X';
    private const int RegexTimeoutMilliseconds = 10_000; // Far more than a body needs. The credential pattern can backtrack.

    private const string JsonString = @"""(?:[^""\\]|\\.)*""";

    private readonly string[] _secrets;
    private readonly Regex? _memberPattern; // Matches the given JSON members with their values; null if none are given.

    /// <summary>Initializes a new instance.</summary>
    /// <param name="secrets">Texts that are overwritten wherever they occur. Only ASCII letters are compared case-insensitively.</param>
    /// <param name="memberNames">
    /// Names of JSON members. If the value is a string, it is overwritten. If it is an object without objects inside, all its members that are
    /// strings are overwritten. Other values are kept, nested objects and arrays included.
    /// </param>
    public Scrubber(IEnumerable<string> secrets, IEnumerable<string> memberNames)
    {
        _secrets = [.. secrets.Where(secret => secret.Length > 0).Select(ToLatin1).Distinct(StringComparer.Ordinal)];
        string names = string.Join('|', memberNames.Select(Regex.Escape));
        _memberPattern = names.Length == 0 ? null : new Regex(
            $$"""(?<before>"(?:{{names}})"\s*:\s*)(?<value>{{JsonString}}|\{(?:[^{}"]|{{JsonString}})*\})""",
            RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking,
            TimeSpan.FromMilliseconds(RegexTimeoutMilliseconds));
    }

    /// <summary>Returns a copy of a body in which the secrets are overwritten.</summary>
    public byte[] Scrub(byte[] body) => Encoding.Latin1.GetBytes(ScrubLatin1(Encoding.Latin1.GetString(body)));

    /// <summary>Returns a text in which the secrets are overwritten.</summary>
    public string Scrub(string text) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(ScrubLatin1(ToLatin1(text))));

    /// <summary>Returns the UTF-8 bytes of a text, each as one character.</summary>
    private static string ToLatin1(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private static string Overwrite(string text) => new(Replacement, text.Length);

    /// <summary>Overwrites a JSON string, or all strings that are values of a JSON object.</summary>
    /// <remarks>The values that match within an object are strings, so the recursion through <see cref="OverwriteMatchedValue"/> ends there.</remarks>
    private static string OverwriteStrings(string json) => json[0] == '"'
        ? $"\"{Overwrite(json[1..^1])}\""
        : StringMemberPattern().Replace(json, OverwriteMatchedValue);

    private static string OverwriteMatchedValue(Match match) => match.Groups["before"].Value + OverwriteStrings(match.Groups["value"].Value);

    private string ScrubLatin1(string text)
    {
        text = OverwriteSecrets(text);
        text = CredentialPattern().Replace(text, match => Overwrite(match.Value));
        return _memberPattern is null ? text : _memberPattern.Replace(text, OverwriteMatchedValue);
    }

    /// <summary>
    /// Finds every secret in the original text and overwrites it in a copy. So a secret is found even if it contains another one or
    /// overlaps with it.
    /// </summary>
    private string OverwriteSecrets(string text)
    {
        char[] scrubbed = text.ToCharArray();
        foreach (string secret in _secrets)
        {
            int index = text.IndexOf(secret, StringComparison.OrdinalIgnoreCase);
            while (index >= 0)
            {
                scrubbed.AsSpan(index, secret.Length).Fill(Replacement);
                index = text.IndexOf(secret, index + 1, StringComparison.OrdinalIgnoreCase);
            }
        }

        return new string(scrubbed);
    }

    [GeneratedRegex($$"""(?<before>:\s*)(?<value>{{JsonString}})""", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex StringMemberPattern();

    [GeneratedRegex(
        """
        (?<![A-Za-z0-9])(?:
            (?:sk|pk|rk|gsk|xai|hf|nvapi|pplx|csk|fw)[-_][A-Za-z0-9_-]{16,}   # API keys with the prefix of a service
          | (?:sess|org|proj|user)[-_][A-Za-z0-9_-]{16,}                      # ids of sessions, organizations, projects and users
          | AIza[A-Za-z0-9_-]{30,}                                            # Google keys
          | (?:AKIA|ASIA)[A-Z0-9]{16}                                         # AWS access keys
          | eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*         # JSON web tokens
          | [A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+               # e-mail addresses
          | (?<=arn:aws:[a-z0-9-]*:[a-z0-9-]*:)[0-9]{12}                      # AWS account numbers
        )
        """,
        RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace,
        RegexTimeoutMilliseconds)]
    private static partial Regex CredentialPattern();
}
