using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using UsageCapture.Mutate;

if (args is ["--worker", var mutated])
{
    await Worker.ServeAsync(mutated);
    return 0;
}

var selection = Selection.All;
string[] rooms = args;
if (args is ["--sample", var text, ..])
{
    if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count == 0)
    {
        Console.Error.WriteLine($"'{text}' is no number of mutants. Write for example --sample 100.");
        return 1;
    }

    (selection, rooms) = (Selection.Sample(count), args[2..]);
}
else if (args is ["--undetected", ..])
{
    (selection, rooms) = (Selection.Undetected, args[1..]);
}

if (rooms.Length == 0 || rooms.Any(room => room.StartsWith('-')))
{
    Console.Error.WriteLine("Name rooms or files, such as Delivery, Delivery/CompactJson.cs, Root, OpenAI or Testing; see CONTRIBUTING.md.");
    return 1;
}

string repository = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../.."));
TimeSpan budget = TimeSpan.FromSeconds(
    double.Parse(Environment.GetEnvironmentVariable("USAGECAPTURE_MUTATE_SECONDS") ?? "20", CultureInfo.InvariantCulture));

foreach (var package in rooms.GroupBy(room => room.Split('/')[0] switch
{
    "Testing" => "UsageCapture.Testing",
    "OpenAI" => "UsageCapture.OpenAI",
    _ => "UsageCapture",
}))
{
    string results = Path.Combine(repository, "artifacts/mutation");
    string work = Path.Combine(results, package.Key);
    string tests = Path.Combine(work, "bin");
    CopyFolder(AppContext.BaseDirectory, tests);

    Console.WriteLine($"Mutating {package.Key}");
    string assembly = Path.Combine(tests, package.Key + ".dll");
    List<Mutant> mutants = MutatedAssembly.Write(Path.Combine(repository, "src", package.Key), assembly);

    using var worker = new WorkerProcess(tests, package.Key);
    Coverage coverage = await GetCoverageAsync(worker, Path.Combine(work, "coverage-" + GetKey(repository, mutants)));
    Console.WriteLine($"{coverage.Cases.Count} tests are used. {coverage.Static.Count} mutants need a process each.");
    coverage.Failed.ForEach(test => Console.WriteLine($"Not used, because it fails in the assembly with all mutants off: {test}"));

    var runner = new MutantRunner(coverage, mutants, worker, budget);
    foreach (string room in package)
    {
        await RunRoomAsync(room, mutants, selection, runner, Path.Combine(results, room.Replace('/', '-') + ".txt"));
    }
}

return 0;

static async Task RunRoomAsync(string room, List<Mutant> mutants, Selection selection, MutantRunner runner, string path)
{
    string folder = room.Split('/')[0] is "Testing" or "OpenAI" ? room.Split('/', 2).ElementAtOrDefault(1) ?? "" : room;
    Mutant[] chosen = selection.Choose(
        [
            .. mutants.Where(mutant => folder.Length == 0 || mutant.File == folder
                || mutant.File.StartsWith(folder + "/", StringComparison.Ordinal)),
        ],
        path);
    var report = new Report(room, chosen);
    for (int i = 0; i < chosen.Length; i++)
    {
        report.Add(chosen[i], await runner.RunAsync(chosen[i]));
        if (i % 50 == 49)
        {
            report.Save(path);
            Console.WriteLine(report.Summary);
        }
    }

    report.Save(path);
    Console.WriteLine($"{report.Summary}. Survivors: {path}");
}

// The coverage of the same sources and mutants is used again.
static string GetKey(string repository, List<Mutant> mutants)
{
    using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    hash.AppendData(Encoding.UTF8.GetBytes(string.Join('\n', mutants)));
    IEnumerable<string> files = Directory.GetFiles(Path.Combine(repository, "src"), "*", SearchOption.AllDirectories)
        .Concat(Directory.GetFiles(Path.Combine(repository, "tests"), "*", SearchOption.AllDirectories))
        .Where(file => !file.Contains("/bin/", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);
    foreach (string file in files)
    {
        hash.AppendData(File.ReadAllBytes(file));
    }

    return Convert.ToHexString(hash.GetHashAndReset())[..16];
}

static async Task<Coverage> GetCoverageAsync(WorkerProcess worker, string path)
{
    if (!File.Exists(path))
    {
        Console.WriteLine("Running all tests, one after the other, to see which mutants each of them reaches. It takes about ten minutes.");
        Console.WriteLine($"The result is kept in {path}.");
        if (await worker.AskAsync("cover " + path, TimeSpan.FromHours(1)) is null)
        {
            throw new InvalidOperationException("The tests did not end.");
        }
    }

    return Coverage.Load(path);
}

static void CopyFolder(string source, string target)
{
    if (Directory.Exists(target))
    {
        Directory.Delete(target, recursive: true);
    }

    foreach (string file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
    {
        string copy = Path.Combine(target, Path.GetRelativePath(source, file));
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        File.Copy(file, copy);
    }
}
