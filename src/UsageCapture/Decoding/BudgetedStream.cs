namespace UsageCapture.Decoding;

/// <summary>The output of the first of two decoders of a <see cref="BodyDecompressor"/>, counted as the second decoder reads it.</summary>
/// <remarks>The second decoder may return no bytes for any number of these, so to count only its output would not limit the work.</remarks>
/// <param name="inner">The first decoder. It is disposed with this stream.</param>
/// <param name="budget">Counts the bytes, and throws when there are too many.</param>
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
