using System.Text;
using System.Text.Json;

namespace UsageCapture.Tests.FieldCases;

/// <summary>Exchanges rebuilt from public reports of wrong counts: each one gives the record that is written down beside it.</summary>
public sealed class FieldCaseTests
{
    private static readonly string[] Ways = ["whole", "bytes", "events", "sync"];

    public static TheoryData<string, string> Plays =>
    [
        .. from id in FieldCase.Ids
           from way in Ways
           where FieldCase.Load(id).CanPlay(way)
           select new TheoryDataRow<string, string>(id, way),
    ];

    public static TheoryData<string> Swept => [.. FieldCase.Ids.Where(id => FieldCase.Load(id).IsSwept)];

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Plays))]
    public async Task Exchange_OfAReport_GivesTheExpectedRecords(string id, string way)
    {
        var fieldCase = FieldCase.Load(id);
        string cuts = way != "sync" ? way : fieldCase.CanPlay("whole") ? "whole" : "events";
        using var server = new FieldServer(fieldCase, cuts);

        (IReadOnlyList<UsageRecord> records, byte[] read, int status) = await PlayAsync(fieldCase, server, isSynchronous: way == "sync");

        AssertRecords(fieldCase, records);
        AssertRequests(fieldCase, server);
        Assert.Equal(fieldCase.CallerStatus ?? server.LastStatus, status);
        if (fieldCase.StopText is null)
        {
            Assert.Equal(fieldCase.CallerBody ?? server.LastBody, read);
        }

        Assert.True(server.BytesRead <= (fieldCase.StopReadsAtMost ?? int.MaxValue), $"{server.BytesRead} bytes were read.");
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Swept))]
    public async Task Exchange_CutShort_IsNeverExactWithOtherCounts(string id)
    {
        var fieldCase = FieldCase.Load(id);
        FieldResponse answer = fieldCase.Responses[^1];
        int start = 0;
        foreach (int end in answer.FindEventEnds())
        {
            foreach (int cut in new[] { start + ((end - start) / 2), end - 1, end }.Distinct())
            {
                await AssertCutAsync(fieldCase, cut, resets: false);
                await AssertCutAsync(fieldCase, cut, resets: true);
            }

            start = end;
        }
    }

    private static async Task AssertCutAsync(FieldCase fieldCase, int cut, bool resets)
    {
        using var server = new FieldServer(fieldCase, "whole", cut, resets);

        (IReadOnlyList<UsageRecord> records, _, _) = await PlayAsync(fieldCase, server, isSynchronous: false);

        foreach ((UsageRecord record, JsonElement expected) in records.Zip(fieldCase.ExpectedRecords))
        {
            if (record.Status == UsageStatus.Exact && expected.TryGetProperty("usage", out JsonElement usage))
            {
                AssertMember("usage", usage, ToJson(record).GetProperty("usage"), $"cut at {cut}, {(resets ? "reset" : "closed")}: {record.ToJson()}");
            }
        }
    }

    private static async Task<(IReadOnlyList<UsageRecord> Records, byte[] Read, int Status)> PlayAsync(
        FieldCase fieldCase, FieldServer server, bool isSynchronous)
    {
        var sink = new InMemoryUsageSink();
        byte[] read = [];
        int status = 0;
        using (var client = new HttpClient(new UsageCaptureHandler(sink, fieldCase.CreateOptions()) { InnerHandler = server }))
        {
            client.Timeout = fieldCase.Timeout ?? client.Timeout;
            for (int i = 0; i < fieldCase.Calls; i++)
            {
                using HttpRequestMessage request = fieldCase.CreateRequest();
                using HttpResponseMessage response = await SendAsync(client, request, isSynchronous);
                status = (int)response.StatusCode;
                read = await ReadAsync(response, fieldCase.StopText, isSynchronous);
            }
        }

        return (sink.Records, read, status);
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, HttpRequestMessage request, bool isSynchronous) => isSynchronous
#pragma warning disable CA1849, MA0042 // The synchronous way is the subject.
        ? Task.FromResult(client.Send(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken))
#pragma warning restore CA1849, MA0042
        : client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, string? stopText, bool isSynchronous)
    {
        using var read = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        try
        {
            CancellationToken cancellationToken = TestContext.Current.CancellationToken;
#pragma warning disable CA1849, MA0042 // The synchronous way is the subject.
            Stream stream = isSynchronous ? response.Content.ReadAsStream(cancellationToken) : await response.Content.ReadAsStreamAsync(cancellationToken);
            while ((isSynchronous ? stream.Read(buffer) : await stream.ReadAsync(buffer, cancellationToken)) is > 0 and int count)
#pragma warning restore CA1849, MA0042
            {
                read.Write(buffer, 0, count);
                if (stopText is not null && Encoding.UTF8.GetString(read.ToArray()).Contains(stopText, StringComparison.Ordinal))
                {
                    break;
                }
            }
        }
        catch (IOException)
        {
            // The reset of the server reaches the caller.
        }

        return read.ToArray();
    }

    private static void AssertRecords(FieldCase fieldCase, IReadOnlyList<UsageRecord> records)
    {
        Assert.Equal(fieldCase.ExpectedRecords.Count, records.Count);
        foreach ((UsageRecord record, JsonElement expected) in records.Zip(fieldCase.ExpectedRecords))
        {
            JsonElement actual = ToJson(record);
            foreach (JsonProperty member in expected.EnumerateObject())
            {
                if (member.NameEquals("anomalies_contains"))
                {
                    string[] anomalies = [.. actual.GetProperty("anomalies").EnumerateArray().Select(item => item.GetString()!)];
                    Assert.All(member.Value.EnumerateArray(), anomaly => Assert.Contains(anomaly.GetString(), anomalies));
                }
                else if (member.NameEquals("usage_requested"))
                {
                    string? asked = actual.GetProperty("usage_request").GetString();
                    Assert.Equal(member.Value.GetString(), asked?.Replace("asked_", "", StringComparison.Ordinal));
                }
                else
                {
                    AssertMember(member.Name, member.Value, Member(actual, member.Name), record.ToJson());
                }
            }
        }
    }

    private static void AssertRequests(FieldCase fieldCase, FieldServer server)
    {
        if (fieldCase.ExpectedRequests is not { } expected)
        {
            return;
        }

        Assert.Equal(expected.Length, server.Requests.Count);
        foreach ((string kind, string request) in expected.Zip(server.Requests))
        {
            Assert.True(kind == "asked" ? FieldServer.IsAsked(request) : request == fieldCase.RequestBody, request);
        }
    }

    // Of an object, only the members that are written down are compared. A member that the record leaves out is null.
    private static void AssertMember(string name, JsonElement expected, JsonElement? actual, string context)
    {
        if (expected.ValueKind == JsonValueKind.Object && actual is { ValueKind: JsonValueKind.Object } value)
        {
            foreach (JsonProperty member in expected.EnumerateObject())
            {
                AssertMember($"{name}.{member.Name}", member.Value, Member(value, member.Name), context);
            }

            return;
        }

        string actualText = actual?.GetRawText() ?? "null";
        Assert.True(JsonElement.DeepEquals(expected, JsonElement.Parse(actualText)), $"{name}: expected {expected.GetRawText()}, actual {actualText} in {context}");
    }

    private static JsonElement? Member(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement member) ? member : null;

    private static JsonElement ToJson(UsageRecord record) => JsonElement.Parse(record.ToJson());
}
