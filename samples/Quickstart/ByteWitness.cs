using System.Globalization;
using Spectre.Console;

namespace Quickstart;

/// <summary>Keeps a copy of what the callers read, and compares it with what the server sent.</summary>
internal sealed class ByteWitness
{
    public const string RequestIdHeader = "x-request-id";

    private readonly List<(string RequestId, MemoryStream Read)> _copies = [];

    /// <summary>Gets a stream that reads from another and keeps a copy of what is read.</summary>
    public Stream Watch(string requestId, Stream body) => new CopyingStream(body, StartCopy(requestId));

    public Stream Watch(HttpResponseMessage response, Stream body) => Watch(response.Headers.GetValues(RequestIdHeader).Single(), body);

    /// <summary>Keeps a copy of a body that was read as a whole.</summary>
    public void Keep(string requestId, ReadOnlySpan<byte> body) => StartCopy(requestId).Write(body);

    /// <summary>Compares, and says what came of it.</summary>
    /// <param name="sent">What the server wrote, by request id.</param>
    /// <returns>Whether everything is identical.</returns>
    public bool Confirm(IReadOnlyDictionary<string, MemoryStream> sent)
    {
        string[] differences =
        [
            .. _copies.Select(copy => Difference(copy.RequestId, copy.Read, sent.GetValueOrDefault(copy.RequestId))).OfType<string>(),
            .. sent.Keys.Except(_copies.Select(copy => copy.RequestId)).Select(id => $"The response to {id} was never compared."),
        ];
        if (differences.Length > 0 || _copies.Count == 0)
        {
            AnsiConsole.MarkupLine("[bold white on red]THE CALLERS DID NOT READ WHAT THE SERVER SENT.[/]");
            Array.ForEach(differences, difference => AnsiConsole.WriteLine(difference));
            return false;
        }

        long read = _copies.Sum(copy => copy.Read.Length);
        long unread = sent.Values.Sum(bytes => bytes.Length) - read;
        AnsiConsole.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"[green]{read:N0} bytes read by the callers in {_copies.Count} responses are identical to what the server sent.[/]");
        if (unread > 0)
        {
            AnsiConsole.MarkupLineInterpolated(
                CultureInfo.InvariantCulture, $"[grey]They stopped at [[DONE]], {unread:N0} bytes before the end.[/]");
        }

        return true;
    }

    private static string? Difference(string requestId, MemoryStream read, MemoryStream? sent)
    {
        if (sent is null)
        {
            return $"A response named {requestId} was read, but the server sent none.";
        }

        ReadOnlySpan<byte> readBytes = read.GetBuffer().AsSpan(0, (int)read.Length);
        ReadOnlySpan<byte> sentBytes = sent.GetBuffer().AsSpan(0, (int)sent.Length);
        int same = readBytes.CommonPrefixLength(sentBytes);
        if (same < readBytes.Length)
        {
            return $"The response to {requestId} differs from byte {same:N0} on.";
        }

        // A client may stop at [DONE]; one that stopped before that was not given everything.
        return same < sentBytes.Length && readBytes.IndexOf("data: [DONE]"u8) < 0
            ? $"The response to {requestId} has {sentBytes.Length:N0} bytes, of which only {same:N0} were read."
            : null;
    }

    private MemoryStream StartCopy(string requestId)
    {
        var copy = new MemoryStream();
        _copies.Add((requestId, copy));
        return copy;
    }
}
