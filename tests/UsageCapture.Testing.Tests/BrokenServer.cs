using System.Net;
using System.Net.Sockets;
using System.Text;

namespace UsageCapture.Testing.Tests;

/// <summary>A real server that closes the connection within a response. Replayed faults must throw what <see cref="SocketsHttpHandler"/> throws then.</summary>
internal static class BrokenServer
{
    /// <summary>Opens a response body with one chunk, after which the server closes or resets the connection.</summary>
    public static async Task<Stream> OpenAsync(string chunk, bool reset)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task<TcpClient> accepting = listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken).AsTask();
        var http = new HttpClient(new SocketsHttpHandler());
        Task<Stream> opening = http.GetStreamAsync(new Uri($"http://{listener.LocalEndpoint}"), TestContext.Current.CancellationToken);

        using TcpClient connection = await accepting;
        await connection.GetStream().ReadAsync(new byte[1000], TestContext.Current.CancellationToken);
        await connection.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunk.Length:x}\r\n{chunk}\r\n"), TestContext.Current.CancellationToken);
        Stream body = await opening;
        if (reset)
        {
            connection.Client.Close(0); // A close without a shutdown resets the connection.
        }

        return body;
    }
}
