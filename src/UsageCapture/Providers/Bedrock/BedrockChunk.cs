using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Unpacks the chunks of an InvokeModel stream: the model's own event as JSON, in Base64, in a JSON string.</summary>
/// <param name="shape">What is wanted of an event.</param>
internal sealed class BedrockChunk(JsonShape shape)
{
    private readonly JsonCaptures _event = new();
    private JsonScanner? _scanner;

    /// <summary>Takes the event out of a chunk, and gives it to a reader before its memory is used for something else.</summary>
    /// <param name="json">The JSON string that is the chunk's <c>bytes</c>.</param>
    /// <param name="read">The reader.</param>
    /// <returns>What was odd: the event was no JSON object, or more was wanted of it than is kept.</returns>
    public UsageAnomalies Read(ReadOnlySpan<byte> json, Action<JsonCaptures> read)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(json.Length);
        try
        {
            return TryDecode(json, buffer, out ReadOnlySpan<byte> bytes) ? Scan(bytes, read) : UsageAnomalies.UndecodableEvent;
        }
        finally
        {
            _event.Release();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool TryDecode(ReadOnlySpan<byte> json, byte[] buffer, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (json is not [(byte)'"', .. var base64, (byte)'"'])
        {
            return false;
        }

        int length;
        if (!base64.Contains((byte)'\\'))
        {
            if (Base64.DecodeFromUtf8(base64, buffer, out _, out length) != OperationStatus.Done)
            {
                return false;
            }
        }
        else if (!TryUnescape(json, buffer, out int textLength)
            || Base64.DecodeFromUtf8InPlace(buffer.AsSpan(0, textLength), out length) != OperationStatus.Done)
        {
            return false;
        }

        bytes = buffer.AsSpan(0, length);
        return true;
    }

    // Some writers of JSON escape the plus signs and slashes of Base64.
    private static bool TryUnescape(ReadOnlySpan<byte> json, byte[] buffer, out int length)
    {
        length = 0;
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            length = reader.CopyString(buffer);
            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private UsageAnomalies Scan(ReadOnlySpan<byte> bytes, Action<JsonCaptures> read)
    {
        _scanner ??= new JsonScanner(shape, _event);
        _scanner.Reset();
        while (!bytes.IsEmpty)
        {
            bytes = bytes[_scanner.Scan(bytes)..];
        }

        if (!_scanner.IsComplete)
        {
            return UsageAnomalies.UndecodableEvent;
        }

        read(_event);
        return _event.IsOverfull ? UsageAnomalies.OversizedEvent : UsageAnomalies.None;
    }
}
