using System.Buffers;

namespace UsageCapture.Decoding;

/// <summary>Takes a response's body apart as it passes by, into the JSON documents that a reader understands.</summary>
/// <remarks>What the body is, its first byte decides: the content type that gateways send is often wrong.</remarks>
internal sealed class BodyDecoder : IDisposable
{
    private const int PlainSize = 16 * 1024;

    // Room for the longest terminator, "[DONE]"; some servers put text behind it.
    private const int HeadSize = 8;

    private readonly DocumentReader _reader;
    private readonly JsonCaptures _captures = new();
    private readonly JsonScanner _scanner;
    private readonly bool _isEventStream;
    private readonly byte[] _head = new byte[HeadSize];
    private BodyDecompressor? _decompressor;
    private SseDecoder? _sse;
    private Framing _framing;
    private int _byteOrderMark;

    // How many bytes of the event's data so far are kept, for they may be the terminator. Zero: the event has no data so far.
    private int _headLength;

    /// <summary>Makes a decoder for one body.</summary>
    /// <param name="reader">Who makes sense of the documents.</param>
    /// <param name="mediaType">The media type that the response claims; null when it claims none.</param>
    /// <param name="contentEncoding">The content codings of the body, in the order in which they were applied.</param>
    public BodyDecoder(DocumentReader reader, string? mediaType, IEnumerable<string> contentEncoding)
    {
        _reader = reader;
        _scanner = new JsonScanner(reader.Shape, _captures);
        _isEventStream = string.Equals(mediaType, "text/event-stream", StringComparison.OrdinalIgnoreCase);
        if (!BodyDecompressor.TryCreate(contentEncoding, out _decompressor))
        {
            GiveUp(UsageAnomalies.UndecodableEncoding);
        }
    }

    private enum Framing
    {
        Unknown,
        Json,
        EventStream,
        Opaque,
    }

    /// <summary>Gets whether the body is a stream of events; null before its first byte.</summary>
    public bool? IsStream => _framing is Framing.Unknown or Framing.Opaque ? null : _framing == Framing.EventStream;

    /// <summary>Takes the next piece of the body.</summary>
    /// <returns>
    /// Where in the piece the protocol's end begins: the length of the piece where it does not, or where that cannot be told because
    /// the body is encoded, zero.
    /// </returns>
    public int Append(ReadOnlySpan<byte> bytes)
    {
        if (_decompressor is null)
        {
            return AppendPlain(bytes);
        }

        bool hadEnded = _reader.HasEnded;
        byte[] plain = ArrayPool<byte>.Shared.Rent(PlainSize);
        try
        {
            _decompressor.Push(bytes);
            while (_decompressor.Read(plain) is > 0 and int read)
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

        return _reader.HasEnded && !hadEnded ? 0 : bytes.Length;
    }

    /// <summary>Takes the end of the body: an event that lacks its blank line is read all the same, for it may hold the usage.</summary>
    public void Complete()
    {
        switch (_framing)
        {
            case Framing.Unknown:
                _reader.Flag(UsageAnomalies.UnrecognizedBody);
                break;
            case Framing.Json when !_reader.HasEnded:
                _reader.Flag(UsageAnomalies.UndecodableEvent);
                break;
            case Framing.EventStream:
                if (_sse!.HasOpenEvent)
                {
                    EndDataLine();
                    EndEvent();
                }

                if (!_reader.HasEnded && !_reader.Terminator.IsEmpty)
                {
                    _reader.Flag(UsageAnomalies.NoTerminator);
                }

                break;
            default:
                break;
        }
    }

    public void Dispose() => _decompressor?.Dispose();

    private int AppendPlain(ReadOnlySpan<byte> bytes)
    {
        int start = _framing == Framing.Unknown ? Recognize(bytes) : 0;
        return _framing switch
        {
            Framing.Json => AppendJson(bytes, start),
            Framing.EventStream => AppendEvents(bytes, start),
            _ => bytes.Length,
        };
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
            position++;
        }

        if (position < bytes.Length)
        {
            byte first = bytes[position];
            if (first == (byte)'{')
            {
                _framing = Framing.Json;
            }
            else if (_isEventStream || first is (byte)':' or (byte)'d' or (byte)'e' or (byte)'i' or (byte)'r')
            {
                _framing = Framing.EventStream;
                _sse = new SseDecoder();
            }
            else
            {
                GiveUp(UsageAnomalies.UnrecognizedBody);
            }
        }

        return position;
    }

    private int AppendJson(ReadOnlySpan<byte> bytes, int start)
    {
        if (_reader.HasEnded)
        {
            return bytes.Length;
        }

        int position = start + _scanner.Scan(bytes[start..]);
        if (!_scanner.IsComplete)
        {
            return bytes.Length;
        }

        ReadDocument();
        _reader.End();
        return position - 1; // Without its last bracket the document is not at its end.
    }

    private int AppendEvents(ReadOnlySpan<byte> bytes, int start)
    {
        int end = bytes.Length;
        int lineStart = 0;
        ReadOnlySpan<byte> rest = bytes[start..];
        while (_sse!.TryRead(ref rest, out SseToken token, out ReadOnlySpan<byte> data))
        {
            switch (token)
            {
                case SseToken.Data:
                    if (_headLength == 0)
                    {
                        lineStart = bytes.Length - rest.Length - data.Length;
                    }

                    Compare(data);
                    Scan(data);
                    break;
                case SseToken.EndOfDataLine:
                    bool hadEnded = _reader.HasEnded;
                    EndDataLine();
                    if (_reader.HasEnded && !hadEnded)
                    {
                        end = lineStart;
                    }

                    break;
                default:
                    EndEvent();
                    break;
            }
        }

        return end;
    }

    private void Scan(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            data = data[_scanner.Scan(data)..];
        }
    }

    /// <summary>Keeps the first bytes of an event's data, which may be the terminator.</summary>
    private void Compare(ReadOnlySpan<byte> data)
    {
        int length = Math.Min(data.Length, _head.Length - _headLength);
        data[..length].CopyTo(_head.AsSpan(_headLength));
        _headLength += length;
    }

    private bool IsTerminator =>
        !_reader.Terminator.IsEmpty && _head.AsSpan(0, _headLength).StartsWith(_reader.Terminator);

    private void EndDataLine()
    {
        if (IsTerminator)
        {
            _reader.End();
        }

        Scan("\n"u8);
    }

    private void EndEvent()
    {
        if (_scanner.IsComplete && !IsTerminator)
        {
            ReadDocument();
        }
        else if (_headLength > 0 && !IsTerminator)
        {
            _reader.Flag(UsageAnomalies.UndecodableEvent);
        }

        _headLength = 0;
        _scanner.Reset();
    }

    private void ReadDocument()
    {
        if (_captures.IsOverfull)
        {
            _reader.Flag(UsageAnomalies.OversizedEvent);
        }

        _reader.Read(_captures);
    }

    private void GiveUp(UsageAnomalies anomaly)
    {
        _reader.Flag(anomaly);
        _framing = Framing.Opaque;
        _decompressor?.Dispose();
        _decompressor = null;
    }
}
