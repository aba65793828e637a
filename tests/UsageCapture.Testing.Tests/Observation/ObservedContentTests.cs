using System.Net;

using UsageCapture.Testing.Observation;

namespace UsageCapture.Testing.Tests.Observation;

/// <summary>Tests what is logged of a body whose reads, or whose callback at the end, fail.</summary>
public sealed class ObservedContentTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Callback_ThatFails_IsNotLoggedAsAFaultOfTheConnection(bool isAsync)
    {
        var log = new BodyReadLog(TimeProvider.System);
        using var content = new ObservedContent(new ByteArrayContent([1, 2, 3]), log, onFinished: () => throw new IOException("The disk is full."));
        Stream body = await content.ReadAsStreamAsync(Token);

        IOException exception = await Assert.ThrowsAsync<IOException>(() => ReadToEndAsync(body, isAsync));

        Assert.Equal("The disk is full.", exception.Message);
        Assert.Equal((3, null), (log.Bytes.Length, log.Fault));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_ThatFails_IsLoggedBeforeTheCallback(bool isAsync)
    {
        var log = new BodyReadLog(TimeProvider.System);
        List<FaultKind?> faults = [];
        using var content = new ObservedContent(new BrokenContent(), log, onFinished: () => faults.Add(log.Fault));
        Stream body = await content.ReadAsStreamAsync(Token);

        IOException exception = await Assert.ThrowsAsync<IOException>(() => ReadToEndAsync(body, isAsync));

        Assert.Equal("The connection was reset.", exception.Message);
        Assert.Equal([FaultKind.ConnectionReset], faults);
    }

    private static async Task ReadToEndAsync(Stream body, bool isAsync)
    {
        byte[] buffer = new byte[16];
        int count = 1;
        while (count > 0)
        {
#pragma warning disable CA1849, MA0042, S6966, VSTHRD103 // The synchronous read is what is tested.
            count = isAsync ? await body.ReadAsync(buffer, Token) : body.Read(buffer);
#pragma warning restore CA1849, MA0042, S6966, VSTHRD103
        }
    }

    private sealed class BrokenContent : HttpContent
    {
        protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(new BrokenStream());

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new NotSupportedException();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override int Read(Span<byte> buffer) => throw new IOException("The connection was reset.");

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("The connection was reset.");
    }
}
