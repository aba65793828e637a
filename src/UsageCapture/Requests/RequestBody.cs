using System.Text.Json;

using UsageCapture.Recognition;

namespace UsageCapture.Requests;

/// <summary>What the body of a request says, and the change that makes its server report usage.</summary>
/// <param name="Model">The model asked for; null when the body names none.</param>
/// <param name="Streaming">Whether the body asks for a stream.</param>
/// <param name="UsageRequest">Who asks for usage, the change included; null when the request is not for a stream.</param>
/// <param name="Splice">The change; null when there is none to make.</param>
internal readonly record struct RequestBody(string? Model, bool Streaming, UsageRequestState? UsageRequest, Splice? Splice)
{
    private static readonly byte[] True = "true"u8.ToArray();
    private static readonly byte[] WholeOption = """{"include_usage":true}"""u8.ToArray();
    private static readonly byte[] OnlyMember = "\"include_usage\":true"u8.ToArray();
    private static readonly byte[] FirstMember = "\"include_usage\":true,"u8.ToArray();
    private static readonly byte[] NewOption = ",\"stream_options\":{\"include_usage\":true}"u8.ToArray();

    // Tool schemas nest; a limit here would leave a request unasked that the server takes.
    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a body: a JSON object, or a form, which gets no change. Any other says nothing.</summary>
    /// <param name="body">The body's bytes.</param>
    /// <param name="call">What is sent with it.</param>
    /// <param name="includeUsage">When to ask.</param>
    public static RequestBody Read(ReadOnlySpan<byte> body, Call call, UsageRequestMode includeUsage)
    {
        if (MultipartForm.IsOne(body))
        {
            (string? model, bool streaming) = MultipartForm.Read(body);
            return new RequestBody(model, streaming || call.Streams, UsageRequest: null, Splice: null);
        }

        int start = body.StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0;
        try
        {
            var members = new Members(body[start..], call.Streams);
            return call.HasStreamOptions
                ? members.Decide(start, includeUsage, call.TakesStreamOptions)
                : new RequestBody(members.Model, members.Streaming, UsageRequest: null, Splice: null);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException) // The latter for text that is no UTF-8.
        {
            return new RequestBody(Model: null, call.Streams, UsageRequest: null, Splice: null);
        }
    }

    /// <summary>The members that matter. Of a name that comes twice the last counts, as for the parsers of the servers.</summary>
    private struct Members
    {
        private bool _hasDataSources;
        private JsonTokenType _options; // None: there are none.
        private JsonTokenType _includeUsage; // None: the options do not have it.
        private bool _optionsAreEmpty;

        // Where the value of stream ends, the options begin, and the value of include_usage lies.
        private int _afterStream;
        private Range _optionsAt;
        private Range _includeUsageAt;

        public Members(ReadOnlySpan<byte> json, bool streams)
        {
            Streaming = streams;
            var reader = new Utf8JsonReader(json, AnyDepth);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException("A request's body must be an object.");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("model"u8))
                {
                    reader.Read();
                    Model = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                    reader.Skip();
                }
                else if (reader.ValueTextEquals("stream"u8))
                {
                    reader.Read();
                    Streaming = reader.TokenType == JsonTokenType.True;
                    reader.Skip();
                    _afterStream = (int)reader.BytesConsumed;
                }
                else if (reader.ValueTextEquals("data_sources"u8))
                {
                    reader.Read();
                    _hasDataSources = reader.TokenType != JsonTokenType.Null;
                    reader.Skip();
                }
                else if (reader.ValueTextEquals("stream_options"u8))
                {
                    reader.Read();
                    ReadOptions(ref reader);
                }
                else
                {
                    reader.Skip();
                }
            }

            reader.Read(); // Throws when something follows the object.
        }

        public string? Model { get; }

        public bool Streaming { get; }

        public readonly RequestBody Decide(int start, UsageRequestMode includeUsage, bool takesStreamOptions)
        {
            if (!Streaming)
            {
                return new RequestBody(Model, Streaming: false, UsageRequest: null, Splice: null);
            }

            if (_includeUsage == JsonTokenType.True)
            {
                return new RequestBody(Model, Streaming: true, UsageRequestState.AskedByCaller, Splice: null);
            }

            // Azure's "On Your Data" refuses stream_options together with data_sources (Azure/azure-sdk-for-net#50719).
            bool mayAsk = takesStreamOptions && !_hasDataSources && includeUsage != UsageRequestMode.Never;
            return mayAsk && Ask(start, includeUsage) is { } splice
                ? new RequestBody(Model, Streaming: true, UsageRequestState.AskedByHandler, splice)
                : new RequestBody(Model, Streaming: true, UsageRequestState.NotAsked, Splice: null);
        }

        private void ReadOptions(ref Utf8JsonReader reader)
        {
            int from = (int)reader.TokenStartIndex;
            _options = reader.TokenType;
            _includeUsage = JsonTokenType.None;
            _optionsAreEmpty = true;
            if (_options == JsonTokenType.StartObject)
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    _optionsAreEmpty = false;
                    bool isIncludeUsage = reader.ValueTextEquals("include_usage"u8);
                    reader.Read();
                    if (isIncludeUsage)
                    {
                        _includeUsage = reader.TokenType;
                        _includeUsageAt = (int)reader.TokenStartIndex..(int)reader.BytesConsumed;
                    }

                    reader.Skip();
                }
            }
            else
            {
                reader.Skip();
            }

            _optionsAt = from..(int)reader.BytesConsumed;
        }

        /// <summary>Finds the smallest change that asks; none where the caller declined or wrote something that is no option.</summary>
        private readonly Splice? Ask(int start, UsageRequestMode includeUsage) => (_options, _includeUsage) switch
        {
            (JsonTokenType.None, _) => new Splice(start + _afterStream, 0, NewOption),
            (JsonTokenType.Null, _) => Replace(start, _optionsAt, WholeOption),
            (JsonTokenType.StartObject, JsonTokenType.None) =>
                new Splice(start + _optionsAt.Start.Value + 1, 0, _optionsAreEmpty ? OnlyMember : FirstMember),
            (JsonTokenType.StartObject, JsonTokenType.Null) => Replace(start, _includeUsageAt, True),
            (JsonTokenType.StartObject, JsonTokenType.False) when includeUsage == UsageRequestMode.Always => Replace(start, _includeUsageAt, True),
            _ => null,
        };

        private static Splice Replace(int start, Range at, byte[] replacement) =>
            new(start + at.Start.Value, at.End.Value - at.Start.Value, replacement);
    }
}
