namespace UsageCapture.Decoding;

/// <summary>The output of the first of two decoders. It counts what the second one reads of it, which may return nothing itself.</summary>
/// <param name="inner">The first decoder. It is disposed with this stream.</param>
/// <param name="budget">Counts the bytes.</param>
internal sealed class BudgetedStream(Stream inner, DecompressionBudget budget) : ReadOnlyStream
{
    public override int Read(Span<byte> buffer)
    {
        int length = inner.Read(buffer);
        budget.Add(length);
        return length;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
