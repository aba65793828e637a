using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace UsageCapture.Tests.Fakes;

/// <summary>A server whose response the test writes piece by piece, and that sees when the response's stream is let go.</summary>
internal sealed class WatchedHandler : HttpMessageHandler
{
    private readonly Pipe _body = new();
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Released => _released.Task;

    public bool IsReleased => _released.Task.IsCompleted;

    public async Task SendAsync(string text) =>
        await _body.Writer.WriteAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);

    public void End() => _body.Writer.Complete();

    public void Break(Exception exception) => _body.Writer.Complete(exception);

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) => new(HttpStatusCode.OK)
    {
        RequestMessage = request,
        Content = new StreamContent(new WatchedStream(_body.Reader.AsStream(), _released))
        {
            Headers = { ContentType = MediaTypeHeaderValue.Parse("text/event-stream") },
        },
    };

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(Send(request, cancellationToken));

    private sealed class WatchedStream(Stream inner, TaskCompletionSource released) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(buffer, cancellationToken);

        public override void Flush()
        {
        }

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            released.TrySetResult();
            base.Dispose(disposing);
        }
    }
}
