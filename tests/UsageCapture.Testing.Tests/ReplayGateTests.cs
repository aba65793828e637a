namespace UsageCapture.Testing.Tests;

/// <summary>Tests that a gate holds back each chunk of a response, and its end, until the test releases it.</summary>
public sealed class ReplayGateTests
{
    private static readonly Recording Hello = ChatStream.Create("m").Text("Hel", "lo").Finish("stop").Usage(prompt: 1, completion: 2).ToRecording();

    private readonly ReplayGate _gate = new();
    private readonly byte[] _buffer = new byte[4000];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Chunk_IsDeliveredWhenItIsReleased()
    {
        Stream body = await OpenAsync(Hello.InChunksByEvent());

        Task<int> first = body.ReadAsync(_buffer, Token).AsTask();
        Assert.False(first.IsCompleted);
        _gate.Release();
        Assert.Equal(Hello.LengthOfFirstEvents(1), await first);

        _gate.Release(2);
        await body.ReadExactlyAsync(new byte[Hello.LengthOfFirstEvents(3) - Hello.LengthOfFirstEvents(1)], Token);
        Assert.False(body.ReadAsync(_buffer, Token).AsTask().IsCompleted);
    }

    [Fact]
    public async Task Chunk_ReadInParts_IsReleasedOnce()
    {
        Stream body = await OpenAsync(Hello.InChunksOf(10));
        _gate.Release();

        Assert.Equal((4, 6), (await body.ReadAsync(_buffer.AsMemory(0, 4), Token), await body.ReadAsync(_buffer, Token)));
        Assert.False(body.ReadAsync(_buffer, Token).AsTask().IsCompleted);
    }

    [Fact]
    public async Task End_CountsAsAChunk()
    {
        Stream body = await OpenAsync(Hello);
        _gate.Release();
        Assert.Equal(Hello.Body.Length, await body.ReadAsync(_buffer, Token));

        Task<int> end = body.ReadAsync(_buffer, Token).AsTask();
        Assert.False(end.IsCompleted);
        _gate.Release();

        Assert.Equal(0, await end);
        Assert.Equal(0, await body.ReadAsync(_buffer, Token));
    }

    [Fact]
    public async Task Fault_CountsAsAChunk()
    {
        Stream body = await OpenAsync(Hello.ResetAfter(10));
        _gate.Release();
        await body.ReadExactlyAsync(new byte[10], Token);

        Task<int> read = body.ReadAsync(_buffer, Token).AsTask();
        Assert.False(read.IsCompleted);
        _gate.Release();

        await Assert.ThrowsAsync<IOException>(() => read);
    }

    [Fact]
    public async Task OpenGate_DeliversEverything()
    {
        Stream body = await OpenAsync(Hello.InChunksOf(1));
        _gate.Release(3);
        _gate.Open();
        _gate.Open();

        using var read = new MemoryStream();
        await body.CopyToAsync(read, Token);

        Assert.Equal(Hello.Body.ToArray(), read.ToArray());
    }

    [Fact]
    public async Task Responses_OfOneHandler_CountTheirOwnChunks()
    {
        var server = new ReplayHandler(Hello.InChunksByEvent()) { Gate = _gate };
        Stream one = await OpenAsync(server);
        Stream other = await OpenAsync(server);

        _gate.Release();

        int length = Hello.LengthOfFirstEvents(1);
        Assert.Equal((length, length), (await one.ReadAsync(_buffer, Token), await other.ReadAsync(_buffer, Token)));
    }

    [Fact]
    public async Task Read_CanceledAtTheGate_LosesNoBytes()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Stream body = await OpenAsync(Hello.InChunksByEvent());
        Task<int> read = body.ReadAsync(_buffer, cancel.Token).AsTask();

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        _gate.Release();

        Assert.Equal(Hello.LengthOfFirstEvents(1), await body.ReadAsync(_buffer, Token));
    }

    [Fact]
    public async Task Read_OfABodyDisposedAtTheGate_Throws()
    {
        Stream body = await OpenAsync(Hello);
        Task<int> read = body.ReadAsync(_buffer, Token).AsTask();

        await body.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => read);
    }

    [Fact]
    public async Task SynchronousRead_AtAClosedGate_Throws()
    {
        Stream body = await OpenAsync(Hello);

        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => body.Read(_buffer));
        _gate.Release();

        Assert.EndsWith("Release the chunk first, or read it asynchronously.", exception.Message, StringComparison.Ordinal);
        Assert.Equal(Hello.Body.Length, body.Read(_buffer));
    }

    [Fact]
    public async Task Responses_NotDisposed_AreOpen()
    {
        var server = new ReplayHandler(Hello);
        await server.WaitUntilClosedAsync(Token);
        Stream one = await OpenAsync(server);
        Stream other = await OpenAsync(server);
        Assert.Equal(2, server.OpenResponseCount);

        await one.DisposeAsync();
        await one.DisposeAsync();
        Assert.Equal(1, server.OpenResponseCount);
        Task closed = server.WaitUntilClosedAsync(Token);
        Assert.False(closed.IsCompleted);
        await other.DisposeAsync();

        await closed;
        Assert.Equal(0, server.OpenResponseCount);
    }

    private Task<Stream> OpenAsync(Recording recording) => OpenAsync(new ReplayHandler(recording) { Gate = _gate });

    private static async Task<Stream> OpenAsync(ReplayHandler server)
    {
        var http = new HttpClient(server);
        using HttpRequestMessage request = Hello.CreateRequest();
        HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        return await response.Content.ReadAsStreamAsync(Token);
    }
}
