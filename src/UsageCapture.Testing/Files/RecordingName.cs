using System.Security.Cryptography;
using System.Text;

using UsageCapture.Testing.Matching;

namespace UsageCapture.Testing.Files;

/// <summary>Derives the name of a recording from its request, so that a request's recording is found without opening any file.</summary>
internal static class RecordingName
{
    private const int MaxReadablePartLength = 60; // Keeps paths short enough for Windows.
    private const int HashLengthInBytes = 4; // With 32 bits, two requests of one test project hardly ever have the same hash.

    /// <summary>Returns the last two segments of the path, the model and a hash, such as <c>chat-completions-gpt-5-mini-1a2b3c4d</c>.</summary>
    /// <remarks>
    /// The hash covers the method, the path, the query and the body. It does not cover the host, so that all hosts of one API share recordings.
    /// </remarks>
    /// <param name="request">The request. It is scrubbed, so that another key gives the same name.</param>
    /// <param name="body">The scrubbed body of the request; empty for none.</param>
    public static string ForRequest(RequestDescription request, ReadOnlySpan<byte> body)
    {
        var readablePart = new StringBuilder();
        string path = string.Join('-', request.Url.AbsolutePath.Split('/').TakeLast(2));
        foreach (char character in $"{path}-{request.Model}".ToLowerInvariant())
        {
            bool isAllowed = char.IsAsciiLetterOrDigit(character) || character == '.'; // Other characters are not valid in all file names.
            readablePart.Append(isAllowed ? character : '-');
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Url.PathAndQuery}\n"));
        hash.AppendData(body);
        string suffix = Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, HashLengthInBytes));
        return $"{readablePart.ToString(0, Math.Min(readablePart.Length, MaxReadablePartLength)).Trim('-', '.')}-{suffix}";
    }
}
