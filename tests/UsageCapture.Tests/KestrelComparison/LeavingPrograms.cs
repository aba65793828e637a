namespace UsageCapture.Tests.KestrelComparison;

/// <summary>Programs that do not read to the end, or call the other members of a stream. The answer stays open behind the bytes they read.</summary>
internal static class LeavingPrograms
{
    // Long enough for a busy machine to have the request at the server, because the comparison includes what the server received.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>The number of bytes that come before the answer stalls.</summary>
    public const int Length = 50;

    public static readonly Dictionary<string, Func<ProgramCall, Task>> All = new()
    {
        ["members"] = call => WithStreamAsync(call, stream =>
        {
            AddMembers(call, stream);
            stream.Dispose();
            AddMembers(call, stream);
            return Task.CompletedTask;
        }),
        ["disposed twice"] = call => WithStreamAsync(call, async stream =>
        {
            await stream.DisposeAsync();
            stream.Dispose();
        }),
        ["response disposed"] = call => ReadingPrograms.ReceiveAsync(call, async response =>
        {
            Stream stream = await response.Content.ReadAsStreamAsync(ProgramCall.Token);
            response.Dispose();
            response.Dispose();
            AddMembers(call, stream);
            await call.Transcript.TryAsync("open", async () => await response.Content.ReadAsStreamAsync(ProgramCall.Token));
            call.Transcript.Try("headers", () => response.Content.Headers.ContentType);
        }),
        ["response disposed unread"] = call => ReadingPrograms.ReceiveAsync(call, response =>
        {
            response.Dispose();
            return Task.CompletedTask;
        }),
        ["disposed during a read"] = call => WithStreamAsync(call, async stream =>
        {
            ValueTask<int> reading = stream.ReadAsync(new byte[10], ProgramCall.Token);
            await stream.DisposeAsync();
            await AddBrokenReadAsync(call, reading);
        }),
        ["response disposed during a read"] = call => ReadingPrograms.ReceiveAsync(call, async response =>
        {
            Stream stream = await ReadStartAsync(call, await response.Content.ReadAsStreamAsync(ProgramCall.Token));
            ValueTask<int> reading = stream.ReadAsync(new byte[10], ProgramCall.Token);
            response.Dispose();
            await AddBrokenReadAsync(call, reading);
        }),
        ["client canceled during a read"] = call => WithStreamAsync(call, async stream =>
        {
            ValueTask<int> reading = stream.ReadAsync(new byte[10], ProgramCall.Token);
            call.Client.CancelPendingRequests();
            call.Transcript.Add("is completed", reading.IsCompleted);
            await stream.DisposeAsync();
            await AddBrokenReadAsync(call, reading);
        }),
        ["canceled during a read"] = call => WithStreamAsync(call, async stream =>
        {
            using var cancel = new CancellationTokenSource();
            ValueTask<int> reading = stream.ReadAsync(new byte[10], cancel.Token);
            await cancel.CancelAsync();
            await call.Transcript.TryAsync("read", async () => await reading);
            await stream.DisposeAsync();
            await call.Transcript.TryAsync("read again", async () => await stream.ReadAsync(new byte[10], ProgramCall.Token));
        }),
        ["canceled during a zero-byte read"] = call => WithStreamAsync(call, async stream =>
        {
            using var cancel = new CancellationTokenSource();
            ValueTask<int> reading = stream.ReadAsync(Memory<byte>.Empty, cancel.Token);
            await cancel.CancelAsync();
            await call.Transcript.TryAsync("read", async () => await reading);
        }),
        ["canceled between reads"] = call => WithStreamAsync(call, async stream =>
        {
            using var cancel = new CancellationTokenSource();
            await cancel.CancelAsync();
            await call.Transcript.TryAsync("read", async () => await stream.ReadAsync(new byte[10], cancel.Token));
            await call.Transcript.TryAsync("read", async () => await stream.ReadAsync(Memory<byte>.Empty, cancel.Token));
#pragma warning disable CA1835, CA2022 // This overload is under test.
            await call.Transcript.TryAsync("read array", async () => await stream.ReadAsync(new byte[10], 0, 10, cancel.Token));
#pragma warning restore CA1835, CA2022
            await call.Transcript.TryAsync("copy", () => stream.CopyToAsync(Stream.Null, cancel.Token));
        }),
        ["canceled during Stream.CopyToAsync"] = call => CancelCopyAsync(call, (response, destination, token) =>
            response.Content.ReadAsStream(ProgramCall.Token).CopyToAsync(destination, token)),
        ["canceled during Content.CopyToAsync"] = call => CancelCopyAsync(call, (response, destination, token) =>
            response.Content.CopyToAsync(destination, token)),
        ["canceled during ReadAsStringAsync"] = call => ReadingPrograms.ReceiveAsync(call, async response =>
        {
            using var cancel = new CancellationTokenSource();
            Task<string> reading = response.Content.ReadAsStringAsync(cancel.Token);
            await cancel.CancelAsync();
            await call.Transcript.TryAsync("read", async () => await reading);
        }),
        ["copied twice"] = call => ReadingPrograms.ReceiveAsync(call, async response =>
        {
            using var cancel = new CancellationTokenSource();
            Task copying = response.Content.CopyToAsync(Stream.Null, cancel.Token);
            await call.Transcript.TryAsync("copy again", () => response.Content.CopyToAsync(Stream.Null, ProgramCall.Token));
            await call.Transcript.TryAsync("load", () => response.Content.LoadIntoBufferAsync(ProgramCall.Token));
            await cancel.CancelAsync();
            await call.Transcript.TryAsync("copy", () => copying);
        }),
        ["destination throws"] = call => ReadingPrograms.ReceiveAsync(call, async response =>
        {
            using var destination = new MemoryStream([], writable: false);
            await call.Transcript.TryAsync("not writable", () => response.Content.CopyToAsync(destination, ProgramCall.Token));
            using var full = new MemoryStream(new byte[3]);
            await call.Transcript.TryAsync("full", () => response.Content.CopyToAsync(full, ProgramCall.Token));
            await call.Transcript.TryAsync("null", () => response.Content.CopyToAsync(null!, ProgramCall.Token));
        }),
        ["Stream.CopyTo, destination throws"] = call => WithStreamAsync(call, async stream =>
        {
            using var destination = new MemoryStream([], writable: false);
            await call.Transcript.TryAsync("not writable", () => stream.CopyToAsync(destination, ProgramCall.Token));
            call.Transcript.Try("not writable", () =>
            {
                stream.CopyTo(destination);
                return null;
            });
            await call.Transcript.TryAsync("null", () => stream.CopyToAsync(null!, ProgramCall.Token));
            await call.Transcript.TryAsync("size", () => stream.CopyToAsync(Stream.Null, -1, ProgramCall.Token));
        }),
        ["canceled before sending"] = async call =>
        {
            using var cancel = new CancellationTokenSource();
            await cancel.CancelAsync();
            using HttpResponseMessage response = await call.SendAsync(cancellationToken: cancel.Token);
        },
        ["time-out of the body"] = async call =>
        {
            call.Client.Timeout = Patience;
            using HttpResponseMessage response = await call.SendAsync(HttpCompletionOption.ResponseContentRead);
        },
        ["time-out of a synchronous call"] = call =>
        {
            call.Client.Timeout = Patience;
            call.Transcript.Try("send", () => call.Client.Send(call.Request));
            return Task.CompletedTask;
        },
        ["sent twice"] = async call =>
        {
            using HttpResponseMessage response = await call.SendAsync();
            await call.Transcript.TryAsync("send again", async () => await call.Client.SendAsync(call.Request, ProgramCall.Token));
        },
    };

    /// <summary>Programs for a server that never answers.</summary>
    public static readonly Dictionary<string, Func<ProgramCall, Task>> Silent = new()
    {
        ["time-out of the head"] = async call =>
        {
            call.Client.Timeout = Patience;
            using HttpResponseMessage response = await call.SendAsync();
        },
        ["time-out of a synchronous call"] = All["time-out of a synchronous call"],
        ["canceled while sending"] = async call =>
        {
            using var cancel = new CancellationTokenSource();
            Task<HttpResponseMessage> sending = call.SendAsync(cancellationToken: cancel.Token);
            await cancel.CancelAsync();
            using HttpResponseMessage response = await sending;
        },
        ["client canceled"] = async call =>
        {
            Task<HttpResponseMessage> sending = call.SendAsync();
            call.Client.CancelPendingRequests();
            using HttpResponseMessage response = await sending;
        },
        ["client disposed"] = async call =>
        {
            Task<HttpResponseMessage> sending = call.SendAsync();
            call.Client.Dispose();
            using HttpResponseMessage response = await sending;
        },
    };

    private static void AddMembers(ProgramCall call, Stream stream)
    {
        Transcript transcript = call.Transcript;
        byte[] bytes = new byte[4];
        transcript.Try("CanRead", () => stream.CanRead);
        transcript.Try("CanSeek", () => stream.CanSeek);
        transcript.Try("CanWrite", () => stream.CanWrite);
        transcript.Try("CanTimeout", () => stream.CanTimeout);
        transcript.Try("ReadTimeout", () => stream.ReadTimeout);
        transcript.Try("ReadTimeout", () => stream.ReadTimeout = 5);
        transcript.Try("WriteTimeout", () => stream.WriteTimeout);
        transcript.Try("WriteTimeout", () => stream.WriteTimeout = 5);
        transcript.Try("Length", () => stream.Length);
        transcript.Try("Position", () => stream.Position);
        transcript.Try("Position", () => stream.Position = 5);
        transcript.Try("Seek", () => stream.Seek(0, SeekOrigin.Begin));
        Call("SetLength", () => stream.SetLength(5));
        Call("Flush", stream.Flush);
        Wait("FlushAsync", () => stream.FlushAsync(CancellationToken.None));
        Wait("FlushAsync, canceled", () => stream.FlushAsync(new CancellationToken(canceled: true)));
        Call("WriteByte", () => stream.WriteByte(1));
        Call("Write(Span)", () => stream.Write(bytes.AsSpan()));
        Call("Write(array)", () => stream.Write(bytes, 0, 4));
#pragma warning disable CA1835, CA2022 // These overloads are under test.
        Wait("WriteAsync(array)", () => stream.WriteAsync(bytes, 0, 4, ProgramCall.Token));
        Wait("WriteAsync(Memory)", () => stream.WriteAsync(bytes.AsMemory(), ProgramCall.Token).AsTask());
        Call("BeginWrite", () => stream.EndWrite(stream.BeginWrite(bytes, 0, 4, callback: null, state: null)));
        Call("Read, null", () => stream.Read(null!, 0, 0));
        Call("Read, negative offset", () => stream.Read(bytes, -1, 1));
        Call("Read, too many", () => stream.Read(bytes, 1, 4));
        Wait("ReadAsync, null", () => stream.ReadAsync(null!, 0, 0, ProgramCall.Token));
        Wait("ReadAsync, too many", () => stream.ReadAsync(bytes, 1, 4, ProgramCall.Token));
        Call("BeginRead, null", () => stream.BeginRead(null!, 0, 0, callback: null, state: null));
#pragma warning restore CA1835, CA2022
        Call("EndRead, null", () => stream.EndRead(null!));
        Call("CopyTo, null", () => stream.CopyTo(null!));

        void Call(string name, Action member) => transcript.Try(name, () =>
        {
            member();
            return "done";
        });

        void Wait(string name, Func<Task> member) => Call(name, () => member().GetAwaiter().GetResult());
    }

    /// <summary>Opens the stream and reads what comes before the answer stalls.</summary>
    private static Task WithStreamAsync(ProgramCall call, Func<Stream, Task> use) =>
        ReadingPrograms.OpenAsync(call, async stream => await use(await ReadStartAsync(call, stream)));

    private static async Task<Stream> ReadStartAsync(ProgramCall call, Stream stream)
    {
        byte[] start = new byte[Length];
        await stream.ReadExactlyAsync(start, ProgramCall.Token);
        call.OnRead(start);
        return stream;
    }

    /// <summary>Adds how a read ends whose connection is closed. The type of its <see cref="IOException"/> differs from call to call.</summary>
    private static Task AddBrokenReadAsync(ProgramCall call, ValueTask<int> reading) => call.Transcript.TryAsync("read", async () =>
    {
        try
        {
            return await reading;
        }
        catch (IOException)
        {
            return nameof(IOException);
        }
    });

    private static Task CancelCopyAsync(ProgramCall call, Func<HttpResponseMessage, Stream, CancellationToken, Task> copy) =>
        ReadingPrograms.ReceiveAsync(call, async response =>
        {
            using var cancel = new CancellationTokenSource();
            Task copying = copy(response, call.CreateDestination(), cancel.Token);
            await call.WaitForBytesAsync(Length);
            await cancel.CancelAsync();
            await call.Transcript.TryAsync("copy", () => copying);
        });
}
