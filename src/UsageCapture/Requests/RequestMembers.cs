using System.Text.Json;

namespace UsageCapture.Requests;

/// <summary>The members of a request's JSON object that matter. Of a name that comes twice the last counts, as for the servers' parsers.</summary>
internal struct RequestMembers
{
    // Tool schemas are nested deeply. A server takes them, so a limit here would leave such requests unasked.
    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    /// <summary>Gets the model; null when there is none.</summary>
    public string? Model { get; private set; }

    /// <summary>Gets the service tier that is asked for; null when there is none.</summary>
    public string? ServiceTier { get; private set; }

    /// <summary>Gets whether the request is for a stream.</summary>
    public bool Streaming { get; private set; }

    /// <summary>Gets whether there is a member with which the server does not accept the option.</summary>
    public bool HasExcludingMember { get; private set; }

    /// <summary>Gets how far the body contains the path of the option.</summary>
    public OptionPathMatch Option { get; private set; }

    /// <summary>Gets where the value of <c>stream</c> ends; null when there is none.</summary>
    public int? StreamEnd { get; private set; }

    /// <summary>Gets whether there is one of the members that the API reads its input from.</summary>
    public bool HasInput { get; private set; }

    /// <summary>Gets the offset after the object's opening brace.</summary>
    public int ObjectStart { get; private set; }

    /// <summary>Gets whether the object has no members.</summary>
    public bool IsEmpty { get; private set; }

    /// <summary>Reads the members.</summary>
    /// <param name="json">The body.</param>
    /// <param name="option">The option that asks for usage; null when the API has none.</param>
    /// <param name="streamsByDefault">Whether a body without <c>stream</c> asks for a stream.</param>
    /// <param name="inputMembers">The members that the API reads its input from. None is looked for when it is empty.</param>
    /// <exception cref="JsonException">The body is not a JSON object.</exception>
    public static RequestMembers Read(ReadOnlySpan<byte> json, UsageRequestOption? option, bool streamsByDefault, ReadOnlySpan<string> inputMembers = default)
    {
        OptionPath? path = option is null ? null : OptionPath.Parse(option);
        var reader = new Utf8JsonReader(json, AnyDepth);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("The body of a request must be an object.");
        }

        var members = new RequestMembers { Streaming = streamsByDefault, ObjectStart = (int)reader.BytesConsumed, IsEmpty = true };
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            members.IsEmpty = false;
            foreach (string name in inputMembers)
            {
                members.HasInput |= reader.ValueTextEquals(name);
            }

            if (reader.ValueTextEquals("model"u8))
            {
                reader.Read();
                members.Model = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("service_tier"u8))
            {
                reader.Read();
                members.ServiceTier = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("stream"u8))
            {
                reader.Read();
                members.Streaming = reader.TokenType == JsonTokenType.True;
                reader.Skip();
                members.StreamEnd = (int)reader.BytesConsumed;
            }
            else if (path is not null && reader.ValueTextEquals(path.Name(0)))
            {
                reader.Read();
                members.Option = ReadOption(ref reader, path, segmentIndex: 0);
            }
            else if (path is not null && path.IsExcludedBy(ref reader))
            {
                reader.Read();
                members.HasExcludingMember = reader.TokenType != JsonTokenType.Null;
                reader.Skip();
            }
            else
            {
                reader.Skip();
            }
        }

        reader.Read(); // Throws when something follows the object.
        return members;
    }

    /// <summary>Reads a value on the way to the option.</summary>
    /// <param name="reader">The reader, at the value's first token. It is left at the last.</param>
    /// <param name="path">The path of the option.</param>
    /// <param name="segmentIndex">The index of the value's name among the segments of the path.</param>
    private static OptionPathMatch ReadOption(ref Utf8JsonReader reader, OptionPath path, int segmentIndex)
    {
        int start = (int)reader.TokenStartIndex;
        JsonTokenType kind = reader.TokenType;
        bool isWholePath = segmentIndex == path.Length - 1;
        if (isWholePath || kind != JsonTokenType.StartObject)
        {
            reader.Skip();
            return new OptionPathMatch(kind, segmentIndex, isWholePath, start, (int)reader.BytesConsumed - start, IsEmptyObject: false);
        }

        OptionPathMatch deeper = default;
        bool isEmpty = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            isEmpty = false;
            bool isNext = reader.ValueTextEquals(path.Name(segmentIndex + 1));
            reader.Read();
            if (isNext)
            {
                deeper = ReadOption(ref reader, path, segmentIndex + 1);
            }
            else
            {
                reader.Skip();
            }
        }

        return deeper.Kind == JsonTokenType.None
            ? new OptionPathMatch(kind, segmentIndex, IsWholePath: false, start, (int)reader.BytesConsumed - start, isEmpty)
            : deeper;
    }
}
