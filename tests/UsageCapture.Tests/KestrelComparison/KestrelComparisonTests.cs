namespace UsageCapture.Tests.KestrelComparison;

/// <summary>The same program with the handler and without it, against Kestrel, sees the same: bytes, headers, trailers and exceptions.</summary>
public sealed class KestrelComparisonTests(ComparisonServer server) : IClassFixture<ComparisonServer>
{
    private static readonly string[] Versions = ["1.1", "2"];

    // Reached only when a program hangs.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static TheoryData<string, string> Whole => Cross(ComparisonServer.WholeAnswers);

    public static TheoryData<string, string> Broken => Cross(ComparisonServer.BrokenAnswers);

    public static TheoryData<string, string> Leaving => Cross(LeavingPrograms.All.Keys);

    public static TheoryData<string, string> Silent => Cross(LeavingPrograms.Silent.Keys);

    [Theory]
    [MemberData(nameof(Whole))]
    public Task Answer_ReadToTheEnd_IsTheSame(string answer, string httpVersion) =>
        CompareAsync(answer, httpVersion, [.. ReadingPrograms.Streaming, .. ReadingPrograms.Buffering]);

    [Theory]
    [MemberData(nameof(Broken))]
    public Task Answer_ThatBreaks_FailsInTheSameWay(string answer, string httpVersion) =>
        CompareAsync(answer, httpVersion, ComparisonServer.Resets(answer, httpVersion)
            ? [.. ReadingPrograms.Streaming]
            : [.. ReadingPrograms.Streaming, .. ReadingPrograms.Buffering]);

    [Theory]
    [MemberData(nameof(Leaving))]
    public Task Answer_ThatIsLeft_IsTheSame(string program, string httpVersion) =>
        CompareAsync($"stalls-{LeavingPrograms.Length}", httpVersion, [KeyValuePair.Create(program, LeavingPrograms.All[program])]);

    [Theory]
    [MemberData(nameof(Silent))]
    public Task Server_ThatNeverAnswers_IsTheSame(string program, string httpVersion) =>
        CompareAsync("silent", httpVersion, [KeyValuePair.Create(program, LeavingPrograms.Silent[program])]);

    private static TheoryData<string, string> Cross(IEnumerable<string> names) =>
        [.. names.SelectMany(name => Versions.Select(version => (name, version)))];

    private async Task CompareAsync(string answer, string httpVersion, KeyValuePair<string, Func<ProgramCall, Task>>[] programs)
    {
        foreach ((string name, Func<ProgramCall, Task> program) in programs)
        {
            // When the handler adds the option, the server receives another request. The answer must not be another one.
            foreach (bool asks in new[] { true, false })
            {
                string bare = await RunAsync(isCaptured: false);
                string captured = await RunAsync(isCaptured: true);
                Assert.Equal($"{name}, asks: {asks}\n{bare}", $"{name}, asks: {asks}\n{captured}");

                async Task<string> RunAsync(bool isCaptured)
                {
                    Task<string> running = ProgramCall.RunAsync(server, answer, httpVersion, asks, isCaptured, program);
                    bool ends = await Task.WhenAny(running, Task.Delay(Patience, ProgramCall.Token)) == running;
                    Assert.True(ends, $"{name} hangs. Captured: {isCaptured}. Asks: {asks}.");
                    return await running;
                }
            }
        }
    }
}
