using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Unpacks the chunks of an InvokeModel stream. A chunk has the model's own event as JSON, in Base64, in a JSON string.</summary>
/// <remarks>For each chunk call <see cref="TryUnpack"/>, read the document, and call <see cref="Release"/>.</remarks>
/// <param name="fields">The fields of the model's event.</param>
internal sealed class BedrockChunk(UsageFields fields)
{
    private readonly JsonCaptures _captures = new();
    private JsonScanner? _scanner;

    /// <summary>Unpacks a chunk.</summary>
    /// <param name="json">The JSON string that is the chunk's <c>bytes</c>.</param>
    /// <param name="modelEvent">The model's event. It is valid until <see cref="Release"/>.</param>
    /// <returns>False when the chunk is no Base64, or when there is no JSON object in it.</returns>
    public bool TryUnpack(ReadOnlySpan<byte> json, out UsageDocument modelEvent)
    {
        modelEvent = default;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(json.Length);
        try
        {
            if (!TryDecode(json, buffer, out ReadOnlySpan<byte> bytes) || !TryScan(bytes))
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

    // Some JSON writers escape the plus signs and slashes of Base64.
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

    private bool TryScan(ReadOnlySpan<byte> bytes)
    {
        _scanner ??= new JsonScanner(fields.Shape, _captures);
        _scanner.Reset();
        while (!bytes.IsEmpty)
        {
            bytes = bytes[_scanner.Scan(bytes)..];
        }

        return _scanner.IsComplete;
    }
}
