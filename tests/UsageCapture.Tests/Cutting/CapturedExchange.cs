using System.Text.Json;

using UsageCapture.Testing;

namespace UsageCapture.Tests.Cutting;

/// <summary>The result of one captured exchange: its record, and the bytes that the caller read.</summary>
/// <param name="Record">The record as JSON, without times and identities; "no record" when there is none.</param>
/// <param name="Body">The bytes that the caller read.</param>
internal sealed record CapturedExchange(string Record, byte[] Body)
{
    public const string NoRecord = "no record";

    /// <summary>Sends the recorded request through a new handler, and reads the whole response body.</summary>
    public static async Task<CapturedExchange> RunAsync(
        Recording recording, Cuts cuts, InjectedUsageMode injectedUsage = InjectedUsageMode.Forward, ReadKind kind = ReadKind.ReadAsync)
    {
        var sink = new InMemoryUsageSink();
        using var invoker = new HttpMessageInvoker(
            new UsageCaptureHandler(sink, new UsageCaptureOptions { InjectedUsage = injectedUsage }) { InnerHandler = new PieceHandler(recording, cuts) });
        using HttpRequestMessage request = recording.CreateRequest();
        byte[] body;
        using (HttpResponseMessage response = await invoker.SendAsync(request, CancellationToken.None))
        {
            body = await ReadAsync(response.Content, kind, recording.Body.Length);
        }

        return new CapturedExchange(sink.Records switch
        {
            [] => NoRecord,
            [var record] => WithoutTimesAndIdentities(record).ToJson(),
            { Count: var count } => $"{count} records",
        }, body);
    }

    /// <summary>Reads a whole response, and returns its one record.</summary>
    public static async Task<UsageRecord> CaptureAsync(Recording recording)
    {
        var sink = new InMemoryUsageSink();
        using var invoker = new HttpMessageInvoker(new UsageCaptureHandler(sink) { InnerHandler = new PieceHandler(recording, Cuts.None) });
        using HttpRequestMessage request = recording.CreateRequest();
        using HttpResponseMessage response = await invoker.SendAsync(request, CancellationToken.None);
        await ReadAsync(response.Content, ReadKind.ReadAsync, recording.Body.Length);
        return Assert.Single(sink.Records);
    }

    /// <summary>Describes where this exchange differs from the one of the whole body; null when it does not.</summary>
    public string? DifferenceFrom(CapturedExchange whole)
    {
        string bytes = Body.AsSpan().SequenceEqual(whole.Body)
            ? ""
            : $"\n  bytes: whole {whole.Body.Length}, cut {Body.Length}, different from offset {Body.AsSpan().CommonPrefixLength(whole.Body)}";
        return RecordDifferenceFrom(whole) + bytes is { Length: > 0 } difference ? difference : null;
    }

    /// <summary>Describes where the record differs from another; empty when it does not.</summary>
    public string RecordDifferenceFrom(CapturedExchange other)
    {
        if (Record == other.Record)
        {
            return "";
        }

        if (Record[0] != '{' || other.Record[0] != '{')
        {
            return $"\n  record: expected {Shorten(other.Record)}, actual {Shorten(Record)}";
        }

        using var actual = JsonDocument.Parse(Record);
        using var expected = JsonDocument.Parse(other.Record);
        return string.Concat(
            from member in actual.RootElement.EnumerateObject()
            let text = expected.RootElement.GetProperty(member.Name).GetRawText()
            where text != member.Value.GetRawText()
            select $"\n  {member.Name}: expected {text}, actual {member.Value.GetRawText()}");
    }

    // The first members, which every test has the same, tell nothing.
    private static string Shorten(string record) => record[Math.Max(0, record.IndexOf("\"provider\"", StringComparison.Ordinal))..];

    private static UsageRecord WithoutTimesAndIdentities(UsageRecord record) => record with
    {
        Id = Guid.Empty,
        StartedAt = default,
        Duration = default,
        TimeToFirstChunk = null,
        CallId = Guid.Empty,
        TraceId = null,
        SpanId = null,
    };

    private static async Task<byte[]> ReadAsync(HttpContent content, ReadKind kind, int length)
    {
        using var read = new MemoryStream(length);
        switch (kind)
        {
            case ReadKind.ReadAsync:
                // The buffer is as large as the body, so that the body's pieces alone decide where a read ends.
                byte[] buffer = new byte[Math.Max(1, length)];
                Stream stream = await content.ReadAsStreamAsync();
                while (await stream.ReadAsync(buffer) is > 0 and int count)
                {
                    read.Write(buffer, 0, count);
                }

                break;
            case ReadKind.Read:
                byte[] synchronous = new byte[Math.Max(1, length)];
#pragma warning disable MA0042, CA1849 // The synchronous read is the subject.
                Stream body = content.ReadAsStream();
                while (body.Read(synchronous) is > 0 and int count)
                {
                    read.Write(synchronous, 0, count);
                }

                break;
            case ReadKind.ContentCopyTo:
                content.CopyTo(read, context: null, CancellationToken.None);
#pragma warning restore MA0042, CA1849
                break;
            case ReadKind.StreamCopyToAsync:
                await (await content.ReadAsStreamAsync()).CopyToAsync(read);
                break;
            case ReadKind.ContentCopyToAsync:
                await content.CopyToAsync(read);
                break;
            default:
                return await content.ReadAsByteArrayAsync();
        }

        return read.ToArray();
    }
}
