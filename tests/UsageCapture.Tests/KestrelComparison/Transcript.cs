using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;

namespace UsageCapture.Tests.KestrelComparison;

/// <summary>What a program has seen of a call, as lines of text. Two calls are the same when their transcripts are.</summary>
internal sealed partial class Transcript
{
    private readonly StringBuilder _text = new();

    public void Add(string name, object? value) => _text.Append(name).Append(": ").Append(value ?? "null").Append('\n');

    public void Add(string name, ReadOnlySpan<byte> bytes) => Add(name, $"{bytes.Length} bytes {Encoding.Latin1.GetString(bytes)}");

    /// <summary>Adds what a member returns or throws.</summary>
    public void Try(string name, Func<object?> member)
    {
        try
        {
            Add(name, member());
        }
#pragma warning disable CA1031 // The exception is what is compared.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Add(name, Describe(exception));
        }
    }

    /// <summary>Adds what an asynchronous member returns or throws.</summary>
    public async Task TryAsync(string name, Func<Task<object?>> member)
    {
        try
        {
            Add(name, await member());
        }
#pragma warning disable CA1031 // The exception is what is compared.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Add(name, Describe(exception));
        }
    }

    public Task TryAsync(string name, Func<Task> member) => TryAsync(name, async () =>
    {
        await member();
        return "done";
    });

    /// <summary>Adds all that the head of a response says, as it came and as it is parsed.</summary>
    public void AddHead(HttpResponseMessage response)
    {
        Add("status", $"{response.StatusCode} {response.ReasonPhrase} HTTP/{response.Version}");
        Add("request", $"{response.RequestMessage?.Method} {response.RequestMessage?.Version}");
        AddHeaders("headers", response.Headers);
        AddHeaders("content headers", response.Content.Headers);
        Add("content length", response.Content.Headers.ContentLength);
        Add("media type", response.Content.Headers.ContentType?.MediaType);
    }

    /// <summary>Adds headers, first as they came. Parsing them changes what <c>NonValidated</c> says of them.</summary>
    public void AddHeaders(string name, HttpHeaders headers)
    {
        Add($"raw {name}", string.Join(" | ", headers.NonValidated.Select(header => $"{header.Key}={string.Join('~', header.Value)}")));
        Add(name, headers.ToString());
        Add($"parsed {name}", string.Join(" | ", headers.Select(header => $"{header.Key}={string.Join('~', header.Value)}")));
    }

    public override string ToString() => _text.ToString();

    /// <summary>Tells the types and messages of an exception and its inner exceptions.</summary>
    private static string Describe(Exception? exception)
    {
        List<string> parts = [];
        bool isCanceled = false;
        for (; exception is not null; exception = exception.InnerException)
        {
            if (isCanceled && exception is not (OperationCanceledException or TimeoutException))
            {
                break; // How a canceled connection ends differs from call to call.
            }

            isCanceled |= exception is OperationCanceledException;

            // The name of the disposed object is the type of a stream, which is ours with the handler. Streams have different words for what
            // they do not support. How many bytes are missing is told by reads, and not by copies, which are reads with the handler.
            string message = exception is ObjectDisposedException or NotSupportedException ? "" : MissingBytes().Replace(exception.Message, "");
            message = message == "A task was canceled." ? "The operation was canceled." : message; // Either, from call to call.
            string token = exception is OperationCanceledException { CancellationToken.IsCancellationRequested: true } ? ", token canceled" : "";
            string error = exception is HttpRequestException request ? $", {request.HttpRequestError} {request.StatusCode}"
                : exception is HttpIOException body ? $", {body.HttpRequestError}" : "";
            parts.Add($"{exception.GetType().FullName}({message}{token}{error})");
        }

        return string.Join(" <- ", parts);
    }

    [GeneratedRegex(", with at least [0-9]+ additional bytes expected", RegexOptions.NonBacktracking)]
    private static partial Regex MissingBytes();
}
