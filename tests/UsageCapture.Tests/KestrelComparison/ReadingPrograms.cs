namespace UsageCapture.Tests.KestrelComparison;

/// <summary>Programs that read a response to its end, each through another member of the stream, the content or the client.</summary>
internal static class ReadingPrograms
{
    private const int Size = 37; // Cuts events, lines and characters.

    /// <summary>Read the stream of a response whose head came first. They see every byte before a failure.</summary>
    public static readonly Dictionary<string, Func<ProgramCall, Task>> Streaming = new()
    {
        ["ReadAsync(Memory)"] = call => ReadAsync(call, async (stream, buffer) => await stream.ReadAsync(buffer, ProgramCall.Token)),
#pragma warning disable CA1835, CA2022 // These overloads are under test.
        ["ReadAsync(array)"] = call => ReadAsync(call, (stream, buffer) => stream.ReadAsync(buffer, 0, buffer.Length, ProgramCall.Token)),
        ["Read(array)"] = call => ReadAsync(call, (stream, buffer) => Task.FromResult(stream.Read(buffer, 0, buffer.Length))),
#pragma warning restore CA1835, CA2022
        ["Read(Span)"] = call => ReadAsync(call, (stream, buffer) => Task.FromResult(stream.Read(buffer.AsSpan()))),
        ["BeginRead"] = call => ReadAsync(call, (stream, buffer) =>
            Task.Factory.FromAsync(stream.BeginRead, stream.EndRead, buffer, 0, buffer.Length, state: null)),
        ["ReadByte"] = call => ReadAsync(call, (stream, buffer) =>
        {
            int value = stream.ReadByte();
            buffer[0] = (byte)Math.Max(value, 0);
            return Task.FromResult(value < 0 ? 0 : 1);
        }),
        ["ReadAtLeast"] = call => ReadAsync(call, (stream, buffer) => Task.FromResult(stream.ReadAtLeast(buffer, 1))),
        ["ReadAtLeastAsync"] = call => ReadAsync(call, async (stream, buffer) => await stream.ReadAtLeastAsync(buffer, 1, cancellationToken: ProgramCall.Token)),
        ["ReadExactlyAsync"] = call => ReadAsync(call, async (stream, buffer) =>
        {
            await stream.ReadExactlyAsync(buffer.AsMemory(0, 1), ProgramCall.Token);
            return 1;
        }),
        ["zero-byte reads"] = call => ReadAsync(call, async (stream, buffer) =>
        {
            call.Transcript.Add("zero", await stream.ReadAsync(Memory<byte>.Empty, ProgramCall.Token));
            return await stream.ReadAsync(buffer.AsMemory(0, 1), ProgramCall.Token); // One byte, so that there are always as many reads.
        }),
        ["synchronous zero-byte reads"] = call => ReadAsync(call, (stream, buffer) =>
        {
            call.Transcript.Add("zero", stream.Read(Span<byte>.Empty));
            return Task.FromResult(stream.Read(buffer.AsSpan(0, 1)));
        }),
        ["Stream.CopyToAsync"] = call => OpenAsync(call, stream => stream.CopyToAsync(call.CreateDestination(), ProgramCall.Token)),
        ["Stream.CopyTo"] = call => OpenAsync(call, stream =>
        {
            stream.CopyTo(call.CreateDestination(), Size);
            return Task.CompletedTask;
        }),
        ["Content.CopyToAsync"] = call => ReceiveAsync(call, response => response.Content.CopyToAsync(call.CreateDestination(), ProgramCall.Token)),
        ["Content.CopyTo"] = call => ReceiveAsync(call, response =>
        {
            response.Content.CopyTo(call.CreateDestination(), context: null, ProgramCall.Token);
            return Task.CompletedTask;
        }),
        ["ReadAsStream"] = call => ReceiveAsync(call, async response =>
        {
            Stream stream = response.Content.ReadAsStream(ProgramCall.Token);
            await ReadToEndAsync(call, stream, async (body, buffer) => await body.ReadAsync(buffer, ProgramCall.Token));
        }),
    };

    /// <summary>Read the whole response at once. What came before a failure is not seen.</summary>
    public static readonly Dictionary<string, Func<ProgramCall, Task>> Buffering = new()
    {
        ["ResponseContentRead"] = async call =>
        {
            using HttpResponseMessage response = await call.SendAsync(HttpCompletionOption.ResponseContentRead);
            call.Transcript.Add("body", await response.Content.ReadAsByteArrayAsync(ProgramCall.Token));
            call.Transcript.AddHeaders("trailers", response.TrailingHeaders);
            call.Transcript.AddHead(response);
        },
        ["Send"] = call =>
        {
            call.Transcript.Try("send", () =>
            {
                using HttpResponseMessage response = call.Client.Send(call.Request, ProgramCall.Token);
                call.Transcript.AddHead(response);
                using Stream stream = response.Content.ReadAsStream(ProgramCall.Token);
                return new StreamReader(stream).ReadToEnd();
            });
            return Task.CompletedTask;
        },
        ["Send, head first"] = call =>
        {
            call.Transcript.Try("send", () =>
            {
                using HttpResponseMessage response = call.Client.Send(call.Request, HttpCompletionOption.ResponseHeadersRead, ProgramCall.Token);
                call.Transcript.AddHead(response);
                using Stream stream = response.Content.ReadAsStream(ProgramCall.Token);
                return new StreamReader(stream).ReadToEnd();
            });
            return Task.CompletedTask;
        },
        ["ReadAsStringAsync"] = call => ReceiveAsync(call, async response =>
        {
            call.Transcript.Add("text", await response.Content.ReadAsStringAsync(ProgramCall.Token));
            call.Transcript.Add("again", await response.Content.ReadAsStringAsync(ProgramCall.Token));
        }),
        ["ReadAsByteArrayAsync"] = call => ReceiveAsync(call, async response =>
            call.Transcript.Add("bytes", await response.Content.ReadAsByteArrayAsync(ProgramCall.Token))),
        ["StreamReader"] = call => OpenAsync(call, async stream =>
        {
            using var reader = new StreamReader(stream);
            while (await reader.ReadLineAsync(ProgramCall.Token) is { } line)
            {
                call.Transcript.Add("line", line);
            }
        }),
        ["LoadIntoBufferAsync"] = call => ReceiveAsync(call, async response =>
        {
            await response.Content.LoadIntoBufferAsync(ProgramCall.Token);
            Stream stream = await response.Content.ReadAsStreamAsync(ProgramCall.Token);
            call.Transcript.Add("can seek", (stream.CanSeek, stream.Length, stream.Position));
            call.Transcript.Add("text", await new StreamReader(stream).ReadToEndAsync(ProgramCall.Token));
            call.Transcript.AddHead(response);
        }),
        ["LoadIntoBufferAsync, limited"] = call => ReceiveAsync(call, async response =>
        {
            await call.Transcript.TryAsync("load", () => response.Content.LoadIntoBufferAsync(5, ProgramCall.Token));
            await call.Transcript.TryAsync("then", async () => await response.Content.ReadAsStringAsync(ProgramCall.Token));
        }),
        ["MaxResponseContentBufferSize"] = async call =>
        {
            call.Client.MaxResponseContentBufferSize = 5;
            using HttpResponseMessage response = await call.SendAsync(HttpCompletionOption.ResponseContentRead);
        },
        ["EnsureSuccessStatusCode"] = async call =>
        {
            using HttpResponseMessage response = await call.SendAsync(HttpCompletionOption.ResponseContentRead);
            response.EnsureSuccessStatusCode();
        },
        ["GET"] = call => GetAsync(call, HttpMethod.Get),
        ["HEAD"] = call => GetAsync(call, HttpMethod.Head),
        ["GetStringAsync"] = async call => call.Transcript.Add("text", await GetClient(call).GetStringAsync(call.Request.RequestUri, ProgramCall.Token)),
        ["GetByteArrayAsync"] = async call =>
            call.Transcript.Add("bytes", await GetClient(call).GetByteArrayAsync(call.Request.RequestUri, ProgramCall.Token)),
        ["GetStreamAsync"] = async call =>
        {
            using Stream stream = await GetClient(call).GetStreamAsync(call.Request.RequestUri, ProgramCall.Token);
            call.Transcript.Add("text", await new StreamReader(stream).ReadToEndAsync(ProgramCall.Token));
        },
    };

    /// <summary>Receives the head, and disposes the response in the end.</summary>
    public static async Task ReceiveAsync(ProgramCall call, Func<HttpResponseMessage, Task> read)
    {
        using HttpResponseMessage response = await call.SendAsync();
        call.OnRead([]);
        await call.Transcript.TryAsync("reading", () => read(response));
        call.Transcript.AddHeaders("trailers", response.TrailingHeaders);
        call.Transcript.Add("content length", response.Content.Headers.ContentLength);
    }

    /// <summary>Opens the stream of the response.</summary>
    public static Task OpenAsync(ProgramCall call, Func<Stream, Task> read) =>
        ReceiveAsync(call, async response =>
        {
            Stream stream = await response.Content.ReadAsStreamAsync(ProgramCall.Token);
            call.Transcript.Add("same stream", ReferenceEquals(stream, await response.Content.ReadAsStreamAsync(ProgramCall.Token)));
            await read(stream);
        });

    private static Task ReadAsync(ProgramCall call, Func<Stream, byte[], Task<int>> read) =>
        OpenAsync(call, async stream =>
        {
            await call.Transcript.TryAsync("read", () => ReadToEndAsync(call, stream, read));
            await call.Transcript.TryAsync("read again", async () => await read(stream, new byte[Size]));
            call.Transcript.Add("can read", stream.CanRead);
            await stream.DisposeAsync();
            await call.Transcript.TryAsync("read after disposal", async () => await read(stream, new byte[Size]));
            call.Transcript.Add("can read", stream.CanRead);
        });

    private static async Task ReadToEndAsync(ProgramCall call, Stream stream, Func<Stream, byte[], Task<int>> read)
    {
        byte[] buffer = new byte[Size];
        while (await read(stream, buffer) is > 0 and int length)
        {
            call.OnRead(buffer.AsSpan(0, length));
        }
    }

    private static async Task GetAsync(ProgramCall call, HttpMethod method)
    {
        call.Request.Method = method;
        call.Request.Content = null;
        using HttpResponseMessage response = await call.SendAsync();
        call.Transcript.Add("text", await response.Content.ReadAsStringAsync(ProgramCall.Token));
        call.Transcript.AddHeaders("trailers", response.TrailingHeaders);
    }

    private static HttpClient GetClient(ProgramCall call)
    {
        call.Client.DefaultRequestVersion = call.Request.Version;
        call.Client.DefaultVersionPolicy = call.Request.VersionPolicy;
        return call.Client;
    }
}
