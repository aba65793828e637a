using System.Net;
using System.Text;

using UsageCapture.Decoding;

namespace UsageCapture.Tests.FieldCases;

/// <summary>Answers the requests of a field case, and keeps their bodies.</summary>
/// <param name="fieldCase">The case.</param>
/// <param name="way">How bodies arrive: "whole", "bytes" or "events".</param>
/// <param name="cut">Where a body of a success is cut short; null when it is not.</param>
/// <param name="resets">Whether a body that is cut short fails there. Otherwise it ends there.</param>
internal sealed class FieldServer(FieldCase fieldCase, string way, int? cut = null, bool resets = false) : HttpMessageHandler
{
    public List<string> Requests { get; } = [];

    public byte[] LastBody { get; private set; } = [];

    public int LastStatus { get; private set; }

    public int BytesRead { get; private set; }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(Send(request, cancellationToken));

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var sent = new MemoryStream();
        request.Content!.CopyTo(sent, context: null, cancellationToken);
        string body = Encoding.UTF8.GetString(sent.ToArray());
        Requests.Add(body);
        string kind = IsAsked(body) ? "asked" : "unasked";
        FieldResponse answer = fieldCase.Responses.First(response => response.When == "any" || response.When == kind);
        LastBody = answer.Body;
        LastStatus = answer.Status;
        bool isCut = cut is not null && answer.Status < 300;
        int[] ends = way switch
        {
            "bytes" => [.. Enumerable.Range(1, answer.Body.Length)],
            "events" => [.. answer.FindEventEnds()],
            _ => [answer.Body.Length],
        };
        var stream = new FieldStream(
            isCut ? answer.Body.AsMemory(0, Math.Min(cut!.Value, answer.Body.Length)) : answer.Body, ends, fails: isCut && resets, onRead: count => BytesRead += count);
        var response = new HttpResponseMessage((HttpStatusCode)answer.Status) { Content = new StreamContent(stream), RequestMessage = request };
        foreach ((string name, string value) in answer.Headers)
        {
            if (!response.Headers.TryAddWithoutValidation(name, value))
            {
                response.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return response;
    }

    public static bool IsAsked(string body) =>
        body.Replace(" ", "", StringComparison.Ordinal).Contains("\"include_usage\":true", StringComparison.Ordinal);

    /// <summary>A body whose reads end where its pieces end.</summary>
    private sealed class FieldStream(ReadOnlyMemory<byte> body, int[] ends, bool fails, Action<int> onRead) : ReadOnlyStream
    {
        private int _position;

        public override int Read(Span<byte> buffer)
        {
            if (_position == body.Length)
            {
                return fails ? throw new IOException("The connection was reset.") : 0;
            }

            int end = Array.Find(ends, place => place > _position);
            int count = Math.Min(buffer.Length, Math.Min(end, body.Length) - _position);
            body.Span.Slice(_position, count).CopyTo(buffer);
            _position += count;
            onRead(count);
            return count;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                return ValueTask.FromResult(Read(buffer.Span));
            }
            catch (IOException exception)
            {
                return ValueTask.FromException<int>(exception);
            }
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }
}
