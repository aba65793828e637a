namespace UsageCapture.Tests.Oracle;

/// <summary>A body whose reads end where it is cut.</summary>
internal sealed class CutStream(byte[] body, Cuts cuts) : MemoryStream(body, writable: false)
{
    // Every other read of a derived memory stream comes through here.
    public override int Read(byte[] buffer, int offset, int count)
    {
        int start = (int)Position;
        return base.Read(buffer, offset, Math.Min(count, cuts.EndOfPiece(start, (int)Length) - start));
    }
}
