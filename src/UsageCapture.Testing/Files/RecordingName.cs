using System.Security.Cryptography;
using System.Text;

using UsageCapture.Testing.Replay;

namespace UsageCapture.Testing.Files;

/// <summary>Names recordings for their requests, so that the file to replay is known without looking into any.</summary>
internal static class RecordingName
{
    private const int MaxWords = 60;
    private const int HashBytes = 4;

    public static string Of(RequestFacts request, ReadOnlySpan<byte> body)
    {
        var words = new StringBuilder();
        foreach (char c in $"{string.Join('-', request.Url.AbsolutePath.Split('/').TakeLast(2))}-{request.Model}".ToLowerInvariant())
        {
            words.Append(char.IsAsciiLetterOrDigit(c) || c == '.' ? c : '-');
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Url.PathAndQuery}\n"));
        hash.AppendData(body);
        string tail = Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, HashBytes));
        return $"{words.ToString(0, Math.Min(words.Length, MaxWords)).Trim('-', '.')}-{tail}";
    }
}
