using System.Buffers;
using System.Net.Http.Headers;

namespace UsageCapture.Decoding;

/// <summary>Decodes the body of a response, as it passes by, into the JSON documents that a handler reads.</summary>
/// <remarks>
/// <para>
/// Call <see cref="Append"/> for each piece until one stops the decoding, <see cref="Complete"/> at the end of the body, and
/// <see cref="Dispose"/> last. The result does not depend on how the body is cut into pieces.
/// </para>
/// <para>
/// The first byte decides what the body is where it can, because the content type of gateways is often wrong. The content type decides
/// only between forms that begin alike, such as one object and JSON lines, and tells audio from JSON. Memory is bounded, however large the
/// body, an event or a string is.
/// </para>
/// </remarks>
internal sealed class BodyDecoder : IDisposable
{
    // A longer compressed piece is decompressed in parts of this size, and so is its output. It bounds the memory and the work of one part.
    private const int MaxPartLength = 16 * 1024;

    private readonly IDocumentHandler _handler;
    private readonly bool _tracksEvents;
    private readonly string _contentType;
    private BodyDecompressor? _decompressor;
    private BodyFraming? _framing;
    private bool _isStopped; // The body cannot be decoded, so all later bytes are ignored.

    // How many bytes of the byte order mark have come. The length of the mark when no byte of it can follow any more.
    private int _matchedMarkLength;

    /// <summary>Prepares to decode one body.</summary>
    /// <param name="handler">Receives the documents.</param>
    /// <param name="headers">The body's content type, and its content codings in the order in which they were applied.</param>
    /// <param name="tracksEvents">Whether <see cref="DecodedPiece.Events"/> are wanted.</param>
    public BodyDecoder(IDocumentHandler handler, HttpContentHeaders headers, bool tracksEvents = false)
    {
        _handler = handler;
        _tracksEvents = tracksEvents;
        _contentType = headers.NonValidated.TryGetValues("Content-Type", out HeaderStringValues type) ? type.ToString() : "";
        if (headers.NonValidated.Contains("Content-Encoding") && !BodyDecompressor.TryCreate(RawHeaders.GetContentEncoding(headers), out _decompressor))
        {
            Stop(DecodingIssues.UndecodableEncoding);
        }

        IsCompressed = _decompressor is not null;
    }

    /// <summary>Gets whether the body is compressed. Offsets in a <see cref="DecodedPiece"/> are then in the plain bytes, not in the body.</summary>
    public bool IsCompressed { get; }

    /// <summary>Gets whether the body is a stream of documents; null before its first byte, and when its form is unknown.</summary>
    public bool? IsStream => _framing?.IsStream;

    /// <summary>Decodes the next piece of the body, up to the document that completes the response.</summary>
    public DecodedPiece Append(ReadOnlySpan<byte> bytes)
    {
        if (_decompressor is null)
        {
            return AppendPlain(bytes);
        }

        DecodedPiece result = default;
        int plainLength = 0;
        for (int start = 0; start < bytes.Length && result.Progress != ResponseProgress.Complete; start += MaxPartLength)
        {
            AppendCompressed(bytes.Slice(start, Math.Min(MaxPartLength, bytes.Length - start)), ref plainLength, ref result);
        }

        return result;
    }

    /// <summary>Gives the handler the incomplete document, with the parts of it that have come so far.</summary>
    /// <remarks>For a handler that must decide before the document is complete.</remarks>
    public void HandlePartialDocument() => _framing?.HandlePartialDocument();

    /// <summary>Decodes what the end of the body completes.</summary>
    public DecodedPiece Complete()
    {
        if (_framing is not null)
        {
            return _framing.Complete();
        }

        if (!_isStopped)
        {
            _handler.AddIssues(DecodingIssues.UnrecognizedBody);
        }

        return default;
    }

    public void Dispose()
    {
        _decompressor?.Dispose();
        _framing?.Release();
    }

    /// <summary>Decodes a compressed piece.</summary>
    /// <param name="bytes">The piece.</param>
    /// <param name="plainLength">The plain bytes that this call of <see cref="Append"/> has decoded so far. This method adds to it.</param>
    /// <param name="result">The result of this call of <see cref="Append"/> so far. This method replaces it when the response goes further.</param>
    private void AppendCompressed(ReadOnlySpan<byte> bytes, ref int plainLength, ref DecodedPiece result)
    {
        byte[] plain = ArrayPool<byte>.Shared.Rent(MaxPartLength);
        try
        {
            // AppendPlain may call Stop, which sets the decompressor to null.
            _decompressor?.Push(bytes);
            while (result.Progress != ResponseProgress.Complete && _decompressor?.Read(plain) is > 0 and int read)
            {
                DecodedPiece piece = AppendPlain(plain.AsSpan(0, read));
                if (piece.Progress > result.Progress)
                {
                    result = new DecodedPiece(piece.Progress, plainLength + piece.EndOffset); // No event is removed from a compressed body.
                }

                plainLength += read;
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException) // The coding decides which one.
        {
            Stop(DecodingIssues.UndecodableEncoding);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain);
        }
    }

    private DecodedPiece AppendPlain(ReadOnlySpan<byte> bytes)
    {
        if (_framing is not null)
        {
            return _framing.Append(bytes);
        }

        int start = _isStopped ? 0 : SkipToFraming(bytes);
        if (_framing is null)
        {
            return default;
        }

        DecodedPiece piece = _framing.Append(bytes[start..]);
        return start == 0 ? piece : ShiftOffsets(piece, start);
    }

    /// <summary>Skips a byte order mark and white space, and creates the framing by the first byte after them.</summary>
    /// <returns>Offset of that byte, or the length of the piece when it is not in it.</returns>
    private int SkipToFraming(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        int position = 0;
        while (position < bytes.Length && _matchedMarkLength < mark.Length && bytes[position] == mark[_matchedMarkLength])
        {
            _matchedMarkLength++;
            position++;
        }

        while (position < bytes.Length && bytes[position] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            _matchedMarkLength = mark.Length; // A byte order mark can only be at the start.
            position++;
        }

        if (position < bytes.Length)
        {
            if (_handler.AllowsNonJsonBody && !CouldHoldDocuments(bytes[position]))
            {
                Stop(DecodingIssues.BodyWithoutDocuments);
                return position;
            }

            _framing = CreateFraming(bytes[position]);
            if (_framing is null)
            {
                Stop(DecodingIssues.UnrecognizedBody);
            }
        }

        return position;
    }

    // Audio may begin with any byte, and text with any letter. So only an object is read, or a body whose content type says events.
    private bool CouldHoldDocuments(byte firstByte) => !HasContentType("audio/") && (firstByte == (byte)'{' || HasContentType("event-stream"));

    private BodyFraming? CreateFraming(byte firstByte) => firstByte switch
    {
        (byte)'{' when HasContentType("ndjson") || HasContentType("jsonl") || HasContentType("stream+json") => new JsonLinesFraming(_handler),
        (byte)'{' or (byte)'[' => new JsonFraming(_handler),

        // A comment, or a field: data, event, id, retry.
        (byte)':' or (byte)'d' or (byte)'e' or (byte)'i' or (byte)'r' => new SseFraming(_handler, _tracksEvents),

        // The length of a message of less than 16 MiB, in four bytes.
        0 => new EventStreamFraming(_handler),
        _ when HasContentType("event-stream") => new SseFraming(_handler, _tracksEvents),
        _ => null,
    };

    private bool HasContentType(string part) => _contentType.Contains(part, StringComparison.OrdinalIgnoreCase);

    // The byte order mark and white space at the start are not given to the framing, so its offsets are too small by their length.
    private static DecodedPiece ShiftOffsets(DecodedPiece piece, int offset) => new(
        piece.Progress,
        piece.EndOffset + offset,
        piece.Events is { } events ? Array.ConvertAll(events, end => end with { Offset = end.Offset + offset }) : null);

    /// <summary>Stops the decoding: all later bytes of the body are ignored.</summary>
    private void Stop(DecodingIssues issue)
    {
        _handler.AddIssues(issue);
        _isStopped = true;
        _framing?.Release();
        _framing = null;
        _decompressor?.Dispose();
        _decompressor = null;
    }
}
