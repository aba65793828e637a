using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using UsageCapture.Benchmarks;
using UsageCapture.Benchmarks.Comparison;
using UsageCapture.Benchmarks.Loopback;
using UsageCapture.Benchmarks.Summary;

// --smoke runs everything once, --summary measures everything briefly, --serve is the server of both. --compare measures this build beside
// another one, whose UsageCapture.dll is in the folder. Anything else is BenchmarkDotNet's.
const int LongestCase = 60;
switch (args)
{
    case ["--smoke"]:
        return await SmokeRun.RunAsync();
    case [LoopbackServer.Argument]:
        await LoopbackServer.ServeAsync();
        return 0;
    case ["--summary"]:
        await SummaryRun.RunAsync(Console.Out);
        return 0;
    case ["--compare", string folder]:
        await ComparisonRun.RunAsync(folder, Console.Out);
        return 0;
    default:
        IConfig config = DefaultConfig.Instance.WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(LongestCase));
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
        return 0;
}
