using System.Buffers;
using System.Net.Http.Headers;

namespace UsageCapture.Decoding;

/// <summary>Takes a response's body apart as it passes by, into the JSON documents that a reader understands.</summary>
/// <remarks>
/// What the body is, its first byte decides: the content type that gateways send is often wrong. Memory is bounded whatever the size of
/// the body, of an event or of a string.
/// </remarks>
internal sealed class BodyDecoder : IDisposable
{
    private const int PieceSize = 16 * 1024;

    private readonly IDocumentHandler _reader;
    private readonly string _contentType;
    private BodyDecompressor? _decompressor;
    private BodyFraming? _framing;
    private bool _isOpaque;
    private int _byteOrderMark;

    /// <summary>Makes a decoder for one body.</summary>
    /// <param name="reader">Who makes sense of the documents.</param>
    /// <param name="headers">What the response says of the body: its type, and the codings in the order in which they were applied.</param>
    public BodyDecoder(IDocumentHandler reader, HttpContentHeaders headers)
    {
        _reader = reader;
        _contentType = headers.NonValidated.TryGetValues("Content-Type", out HeaderStringValues type) ? type.ToString() : "";
        if (headers.NonValidated.Contains("Content-Encoding") && !BodyDecompressor.TryCreate(headers.ContentEncoding, out _decompressor))
        {
            GiveUp(UsageAnomalies.UndecodableEncoding);
        }
    }

    /// <summary>Gets whether the body is a stream of events; null before its first byte, and when it is nothing that is known.</summary>
    public bool? IsStream => _framing?.IsStream;

    /// <summary>Gets where in the latest piece every choice had finished: zero when they had before it; null when some have not.</summary>
    /// <value>Meaningless where the body is encoded.</value>
    public int? FinishedAt { get; private set; }

    /// <summary>Takes the next piece of the body.</summary>
    /// <returns>
    /// Where in the piece the protocol's end begins: the length of the piece where it does not; zero where that cannot be told because
    /// the body is encoded.
    /// </returns>
    public int Append(ReadOnlySpan<byte> bytes)
    {
        if (_decompressor is null)
        {
            return AppendPlain(bytes);
        }

        bool hadEnded = _reader.HasEnded;
        for (int start = 0; start < bytes.Length; start += PieceSize)
        {
            AppendEncoded(bytes.Slice(start, Math.Min(PieceSize, bytes.Length - start)));
        }

        return _reader.HasEnded && !hadEnded ? 0 : bytes.Length;
    }

    /// <summary>Gives the reader the document under way as far as it has come.</summary>
    public void ReadUnderWay() => _framing?.ReadUnderWay();

    /// <summary>Takes the end of the body.</summary>
    public void Complete()
    {
        if (_framing is not null)
        {
            _framing.Complete();
        }
        else if (!_isOpaque)
        {
            _reader.Flag(UsageAnomalies.UnrecognizedBody);
        }
    }

    public void Dispose()
    {
        _decompressor?.Dispose();
        _framing?.Release();
    }

    private void AppendEncoded(ReadOnlySpan<byte> bytes)
    {
        byte[] plain = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            _decompressor?.Push(bytes);
            while (_decompressor?.Read(plain) is > 0 and int read)
            {
                AppendPlain(plain.AsSpan(0, read));
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException) // Which one depends on the coding.
        {
            GiveUp(UsageAnomalies.UndecodableEncoding);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain);
        }
    }

    private int AppendPlain(ReadOnlySpan<byte> bytes)
    {
        int start = _framing is null && !_isOpaque ? Recognize(bytes) : 0;
        if (_framing is null)
        {
            return bytes.Length;
        }

        int end = start + _framing.Append(bytes[start..]);
        FinishedAt = start + _framing.FinishedAt;
        return end;
    }

    /// <summary>Passes over a byte order mark and white space, and lets the first byte behind them decide what the body is.</summary>
    private int Recognize(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        int position = 0;
        while (position < bytes.Length && _byteOrderMark < mark.Length && bytes[position] == mark[_byteOrderMark])
        {
            _byteOrderMark++;
            position++;
        }

        while (position < bytes.Length && bytes[position] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            _byteOrderMark = mark.Length; // Behind white space there is no mark, wherever the body is cut.
            position++;
        }

        if (position < bytes.Length)
        {
            if (_reader.MayHaveNoDocuments && IsOpaque(bytes[position]))
            {
                GiveUp(UsageAnomalies.BodyWithoutUsage);
                return position;
            }

            _framing = FramingOf(bytes[position]);
            if (_framing is null)
            {
                GiveUp(UsageAnomalies.UnrecognizedBody);
            }
        }

        return position;
    }

    // Audio may begin with any byte, and text with any letter.
    private bool IsOpaque(byte first) => Claims("audio/") || !(first == (byte)'{' || Claims("event-stream"));

    private BodyFraming? FramingOf(byte first) => first switch
    {
        (byte)'{' when Claims("ndjson") || Claims("jsonl") || Claims("stream+json") => new JsonLinesFraming(_reader),
        (byte)'{' or (byte)'[' => new JsonFraming(_reader),
        (byte)':' or (byte)'d' or (byte)'e' or (byte)'i' or (byte)'r' => new SseFraming(_reader), // A comment, data, event, id, retry.
        0 => new EventStreamFraming(_reader), // The length of a message of less than 16 MiB.
        _ when Claims("event-stream") => new SseFraming(_reader),
        _ => null,
    };

    private bool Claims(string word) => _contentType.Contains(word, StringComparison.OrdinalIgnoreCase);

    private void GiveUp(UsageAnomalies anomaly)
    {
        _reader.Flag(anomaly);
        _isOpaque = true;
        _framing = null;
        _decompressor?.Dispose();
        _decompressor = null;
    }
}
