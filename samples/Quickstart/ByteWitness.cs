using System.Globalization;
using Spectre.Console;

namespace Quickstart;

/// <summary>Copies the bytes that the callers read of each response, and compares them with the bytes that the server sent.</summary>
/// <remarks>
/// Call <c>Observe</c> for each streamed response and <see cref="AddBody"/> for each buffered one. After the last response, call
/// <see cref="Compare"/>. Not thread-safe.
/// </remarks>
internal sealed class ByteWitness
{
    /// <summary>The response header that tells which of the sent bodies a response has.</summary>
    public const string RequestIdHeader = "x-request-id";

    private readonly List<(string RequestId, MemoryStream Read)> _copies = [];

    /// <summary>Returns a stream that reads from a response body, and copies the bytes that are read.</summary>
    public Stream Observe(string requestId, Stream body) => new CopyingStream(body, StartCopy(requestId));

    public Stream Observe(HttpResponseMessage response, Stream body) => Observe(response.Headers.GetValues(RequestIdHeader).Single(), body);

    /// <summary>Copies a body that is already buffered.</summary>
    public void AddBody(string requestId, ReadOnlySpan<byte> body) => StartCopy(requestId).Write(body);

    /// <summary>Compares all copies with the sent bodies, and prints the result.</summary>
    /// <param name="sent">The bodies that the server sent, by request id.</param>
    /// <returns>Whether all bytes are identical.</returns>
    public bool Compare(IReadOnlyDictionary<string, MemoryStream> sent)
    {
        string[] differences =
        [
            .. _copies
                .Select(copy => DescribeDifference(copy.RequestId, copy.Read, sent.GetValueOrDefault(copy.RequestId)))
                .OfType<string>(),
            .. sent.Keys.Except(_copies.Select(copy => copy.RequestId)).Select(id => $"The response to {id} was never compared."),
        ];
        if (differences.Length > 0 || _copies.Count == 0)
        {
            AnsiConsole.MarkupLine("[bold white on red]THE CALLERS DID NOT READ THE BYTES THAT THE SERVER SENT.[/]");
            Array.ForEach(differences, difference => AnsiConsole.WriteLine(difference));
            return false;
        }

        long readBytes = _copies.Sum(copy => copy.Read.Length);
        long unreadBytes = sent.Values.Sum(body => body.Length) - readBytes;
        AnsiConsole.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"[green]{readBytes:N0} bytes read by the callers in {_copies.Count} responses are identical to what the server sent.[/]");
        if (unreadBytes > 0)
        {
            AnsiConsole.MarkupLineInterpolated(
                CultureInfo.InvariantCulture, $"[grey]They stopped at [[DONE]], {unreadBytes:N0} bytes before the end.[/]");
        }

        return true;
    }

    /// <summary>Returns a sentence about the difference; null if there is none.</summary>
    private static string? DescribeDifference(string requestId, MemoryStream read, MemoryStream? sent)
    {
        if (sent is null)
        {
            return $"The response to {requestId} was read, but the server did not send it.";
        }

        ReadOnlySpan<byte> readBytes = read.GetBuffer().AsSpan(0, (int)read.Length);
        ReadOnlySpan<byte> sentBytes = sent.GetBuffer().AsSpan(0, (int)sent.Length);
        int commonLength = readBytes.CommonPrefixLength(sentBytes);
        if (commonLength < readBytes.Length)
        {
            return $"The response to {requestId} differs from byte {commonLength:N0} on.";
        }

        // A client can stop reading at [DONE]. If it stopped earlier, it did not get all bytes.
        bool isIncomplete = commonLength < sentBytes.Length && readBytes.IndexOf("data: [DONE]"u8) < 0;
        return isIncomplete ? $"The response to {requestId} has {sentBytes.Length:N0} bytes, but only {commonLength:N0} were read." : null;
    }

    private MemoryStream StartCopy(string requestId)
    {
        var copy = new MemoryStream();
        _copies.Add((requestId, copy));
        return copy;
    }
}
