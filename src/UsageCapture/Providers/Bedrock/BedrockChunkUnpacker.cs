using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Unpacks the chunks of an InvokeModel stream. A chunk has the model's own event, which is JSON encoded in Base64.</summary>
/// <remarks>
/// For each chunk, call <see cref="TryUnpack"/>, read the document, and call <see cref="Release"/>, even if unpacking failed.
/// </remarks>
/// <param name="fields">The fields of the model's event.</param>
internal sealed class BedrockChunkUnpacker(UsageFields fields)
{
    private readonly JsonCaptures _captures = new();

    // Made for the first chunk, because most responses have none.
    private JsonScanner? _scanner;

    /// <summary>Unpacks a chunk.</summary>
    /// <param name="json">The JSON text of the chunk's <c>bytes</c> member: a quoted string of Base64.</param>
    /// <param name="modelEvent">The model's event. It is valid until <see cref="Release"/>: it holds copies of the values.</param>
    /// <returns>False when the text is not valid Base64, or when it does not decode to a JSON object.</returns>
    public bool TryUnpack(ReadOnlySpan<byte> json, out UsageDocument modelEvent)
    {
        modelEvent = default;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(json.Length); // Decoded bytes are never more than those of the text.
        try
        {
            if (!TryDecode(json, buffer, out ReadOnlySpan<byte> eventJson) || !TryScan(eventJson))
            {
                return false;
            }

            modelEvent = new UsageDocument(_captures, fields);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Returns the pooled buffers of the last chunk.</summary>
    public void Release() => _captures.Release();

    /// <summary>Decodes a JSON string of Base64 into a buffer.</summary>
    private static bool TryDecode(ReadOnlySpan<byte> json, byte[] buffer, out ReadOnlySpan<byte> decoded)
    {
        decoded = default;
        if (json is not [(byte)'"', .. var base64, (byte)'"'])
        {
            return false;
        }

        OperationStatus status;
        int length;
        bool hasEscapes = base64.Contains((byte)'\\');
        if (!hasEscapes)
        {
            status = Base64.DecodeFromUtf8(base64, buffer, out _, out length);
        }
        else if (TryUnescape(json, buffer, out int textLength))
        {
            status = Base64.DecodeFromUtf8InPlace(buffer.AsSpan(0, textLength), out length);
        }
        else
        {
            return false;
        }

        decoded = buffer.AsSpan(0, length);
        return status == OperationStatus.Done;
    }

    // Some JSON writers escape the plus signs and slashes of Base64. Utf8JsonReader removes the escapes.
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

    /// <summary>Copies the values of the fields to the captures, which the unpacked document reads.</summary>
    /// <returns>False when the text is not one complete JSON object.</returns>
    private bool TryScan(ReadOnlySpan<byte> eventJson)
    {
        _scanner ??= new JsonScanner(fields.Shape, _captures);
        _scanner.Reset();
        // Scan stops after a bracket that completes the object. White space may follow. Each call scans at least one byte.
        while (!eventJson.IsEmpty)
        {
            int scannedCount = _scanner.Scan(eventJson);
            eventJson = eventJson[scannedCount..];
        }

        return _scanner.IsComplete;
    }
}
