using System.Text;
using System.Text.RegularExpressions;

namespace UsageCapture.Tests.Recognition;

/// <summary>For each API of the README's table: what is recognized at a known host, behind a gateway, and at an unknown path.</summary>
/// <remarks><see cref="OrdinaryApiTests"/> has calls of other APIs at the same paths.</remarks>
public sealed partial class ApiTableTests
{
    public static TheoryData<string, string, string, string, string, string> Calls => ApiCalls.All;

    /// <summary>The rows of the README's table of APIs: the first cell of each.</summary>
    public static TheoryData<string> ReadmeRows =>
    [
        .. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "README.md"))
            .SkipWhile(line => !line.StartsWith("| API, by the end of its path |", StringComparison.Ordinal)).Skip(2)
            .TakeWhile(line => line.StartsWith('|')).Select(line => line.Split('|')[1].Trim()),
    ];

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Call_OfAnApi_LeavesTheRecord(string api, string place, string url, string request, string response, string expected)
    {
        UsageRecord? record = await CaptureAsync(url, request, response);

        string actual = record is null ? ApiCalls.NoRecord : $"{record.Protocol} {record.Provider} {Show(record.Usage?.InputTokens)} {Show(record.Usage?.OutputTokens)}";
        Assert.Equal((api, place, expected), (api, place, actual));
    }

    [Theory]
    [MemberData(nameof(ReadmeRows))]
    public void ReadmeRow_OfAnApi_HasCallsForEachPlaceAndPath(string readmeRow)
    {
        (string Api, string Place, string Url)[] calls =
        [
            .. Calls.Select(row => row.Data).Where(call => readmeRow.StartsWith(call.Item1, StringComparison.Ordinal)).Select(call => (call.Item1, call.Item2, call.Item3)),
        ];

        Assert.All([ApiCalls.KnownHost, ApiCalls.Gateway, ApiCalls.UnknownPath], place => Assert.Contains(calls, call => call.Place == place));
        Assert.All(
            CodeSpan().Matches(readmeRow).Select(match => Regex.Escape(match.Groups["path"].Value).Replace("…", ".*", StringComparison.Ordinal)),
            path => Assert.Contains(calls, call => Regex.IsMatch(call.Url, path, RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))));
    }

    [Fact]
    public void EveryCall_BelongsToOneRowOfTheReadme() =>
        Assert.All(Calls.Select(row => row.Data), call => Assert.Single(ReadmeRows, row => row.Data.StartsWith(call.Item1, StringComparison.Ordinal)));

    private static string Show(long? count) => count?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-";

    private static async Task<UsageRecord?> CaptureAsync(string url, string requestBody, string responseBody)
    {
        var sink = new InMemoryUsageSink();
        string mediaType = responseBody.StartsWith("data:", StringComparison.Ordinal) ? "text/event-stream" : "application/json";
        using var server = new AnsweringHandler((_, _) => Task.FromResult(new HttpResponseMessage
        {
            Content = new StringContent(responseBody, Encoding.UTF8, mediaType),
        }));
        using var client = new HttpClient(new UsageCaptureHandler(sink) { InnerHandler = server });

        using HttpResponseMessage response = await client.PostAsync(
            url, new StringContent(requestBody, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);

        Assert.Equal(responseBody, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return sink.Records.SingleOrDefault();
    }

    [GeneratedRegex("`(?<path>[/:][^`]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CodeSpan();
}
