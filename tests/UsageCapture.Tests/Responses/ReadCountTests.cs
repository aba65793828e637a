using System.Net.Http.Headers;
using System.Text;

using UsageCapture.Testing.Observation;
using UsageCapture.TestSupport;

namespace UsageCapture.Tests.Responses;

/// <summary>One read of the caller is one read of the server's stream, and one write to the caller's stream is one read: nothing is buffered ahead.</summary>
public sealed class ReadCountTests
{
    // Each piece comes in one read. The sink has the record at once, so no piece is divided to let its end wait.
    private static readonly string[] Pieces = [Chat.Text, Chat.Text[..7], Chat.Text[7..], Chat.Finish, Chat.Usage, Chat.Done];
    private static readonly int[] Sizes = [.. Pieces.Select(piece => piece.Length)];

    private readonly PieceByPieceStream _body = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_OfTheCaller_IsOneReadOfTheServersStream(bool isAsync)
    {
        using HttpResponseMessage response = await SendAsync();
        Stream stream = await response.Content.ReadAsStreamAsync(Token);
        byte[] buffer = new byte[4096];
        List<(int Size, int InnerReads)> reads = [];
        int size = -1;
        while (size != 0)
        {
            size = isAsync ? await stream.ReadAsync(buffer, Token) : stream.Read(buffer, 0, buffer.Length);
            reads.Add((size, _body.ReadCount));
        }

        Assert.Equal([.. Sizes, 0], reads.Select(read => read.Size));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], reads.Select(read => read.InnerReads));
    }

    [Fact]
    public async Task Copy_ToTheCaller_WritesEachReadAtOnce()
    {
        using HttpResponseMessage response = await SendAsync();
        var target = new WriteLog(_body);

        await response.Content.CopyToAsync(target, Token);

        Assert.Equal(Sizes, target.Writes.Select(write => write.Size));
        Assert.Equal([1, 2, 3, 4, 5, 6], target.Writes.Select(write => write.InnerReads));
        Assert.Equal(7, _body.ReadCount);
    }

    private async Task<HttpResponseMessage> SendAsync()
    {
        var content = new StreamContent(_body);
        content.Headers.ContentType = new MediaTypeHeaderValue("text/event-stream");
        var server = new AnsweringHandler((_, _) => Task.FromResult(new HttpResponseMessage { Content = content }));
        using HttpRequestMessage request = Chat.Request();
        return await new HttpMessageInvoker(new UsageCaptureHandler(new InMemoryUsageSink()) { InnerHandler = server }).SendAsync(request, Token);
    }

    /// <summary>Gives one piece for each read, and counts the reads.</summary>
    private sealed class PieceByPieceStream : ForwardOnlyReadStream
    {
        public int ReadCount { get; private set; }

        public override int Read(Span<byte> buffer) =>
            ++ReadCount > Pieces.Length ? 0 : Encoding.UTF8.GetBytes(Pieces[ReadCount - 1], buffer);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));
    }

    /// <summary>Notes the size of each write, and how many reads of the body came before it.</summary>
    private sealed class WriteLog(PieceByPieceStream body) : MemoryStream
    {
        public List<(int Size, int InnerReads)> Writes { get; } = [];

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Writes.Add((buffer.Length, body.ReadCount));
            return ValueTask.CompletedTask;
        }
    }
}
