using System.Diagnostics;
using System.Globalization;

namespace UsageCapture.Mutate;

/// <summary>Starts the worker process and asks it. A worker that hangs or ends is replaced at the next question.</summary>
/// <param name="folder">The folder with the tests and the mutated assembly.</param>
/// <param name="assembly">The name of the mutated assembly.</param>
internal sealed class WorkerProcess(string folder, string assembly) : IDisposable
{
    // The time for starting and for finding all tests.
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);

    private Process? _process;

    /// <summary>Starts a process in which one mutant is active from the start, so that static constructors run with it.</summary>
    /// <returns>False if the process does not come to its first test.</returns>
    public async Task<bool> RestartAsync(int mutant)
    {
        Dispose();
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, "Mutate.dll"), "--worker", assembly])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[MutantSwitch.Variable] = mutant.ToString(CultureInfo.InvariantCulture);
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x100000000"; // 4 GB: a mutant that never stops allocating fails.
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        return await ReadAsync(StartTimeout) == "ready";
    }

    /// <summary>Sends one command and returns the answer.</summary>
    /// <returns>Null when the time is over or the process has ended. It is killed then.</returns>
    public async Task<string?> AskAsync(string command, TimeSpan timeout)
    {
        if (_process is null && !await RestartAsync(MutantSwitch.None))
        {
            throw new InvalidOperationException("The worker does not start.");
        }

        try
        {
            await _process!.StandardInput.WriteLineAsync(command);
            await _process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            // The process has ended: there is no answer to read.
        }

        return await ReadAsync(timeout);
    }

    public void Dispose()
    {
        _process?.Kill(entireProcessTree: true);
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    private async Task<string?> ReadAsync(TimeSpan timeout)
    {
        using var cancellation = new CancellationTokenSource(timeout);
        try
        {
            if (await _process!.StandardOutput.ReadLineAsync(cancellation.Token) is { } line)
            {
                return line;
            }
        }
        catch (OperationCanceledException)
        {
            // The time is over.
        }

        Dispose();
        return null;
    }
}
