namespace UsageCapture.ExitProgram;

/// <summary>Writes each record to standard output, after a delay or never.</summary>
internal sealed class ConsoleSink(TimeSpan delay, bool fails) : IUsageSink
{
    public async ValueTask WriteAsync(IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken)
    {
        await Task.Delay(delay, cancellationToken);
        if (fails)
        {
            throw new InvalidOperationException("The database is gone.");
        }

        foreach (UsageRecord record in records)
        {
            Console.WriteLine(record.ToJson());
        }
    }
}
