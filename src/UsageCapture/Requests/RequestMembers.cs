using System.Text.Json;

namespace UsageCapture.Requests;

/// <summary>The members of a request's JSON object that decide whether and where <see cref="RequestBody"/> adds the option for usage.</summary>
/// <remarks>When a name occurs twice, the last one counts, as in the parsers of the servers.</remarks>
internal struct RequestMembers
{
    // Servers accept deeply nested schemas of tools. With a depth limit here, the usage would not be requested for them.
    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    // The indexes of the members with which the server does not accept the option. Null until one is found, because most requests have none.
    private HashSet<int>? _excludingMembers;

    /// <summary>Gets the model; null when there is none.</summary>
    public string? Model { get; private set; }

    /// <summary>Gets the service tier that is asked for; null when there is none.</summary>
    public string? ServiceTier { get; private set; }

    /// <summary>Gets whether the request is for a stream.</summary>
    public bool IsStreaming { get; private set; }

    /// <summary>Gets whether there is a member with which the server does not accept the option.</summary>
    public readonly bool HasExcludingMember => _excludingMembers is { Count: > 0 };

    /// <summary>Gets how far the body contains the path of the option.</summary>
    public OptionPathMatch OptionMatch { get; private set; }

    /// <summary>Gets the offset after the value of <c>stream</c>; null when there is none.</summary>
    public int? StreamEnd { get; private set; }

    /// <summary>Gets whether there is one of the members that the API reads its input from.</summary>
    public bool HasInput { get; private set; }

    /// <summary>Gets the offset after the object's opening brace, where the first member begins.</summary>
    public int FirstMemberStart { get; private set; }

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

        var members = new RequestMembers { IsStreaming = streamsByDefault, FirstMemberStart = (int)reader.BytesConsumed, IsEmpty = true };
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
                members.IsStreaming = reader.TokenType == JsonTokenType.True;
                reader.Skip();
                members.StreamEnd = (int)reader.BytesConsumed;
            }
            else if (path is not null && reader.ValueTextEquals(path.Name(0)))
            {
                reader.Read();
                members.OptionMatch = ReadOption(ref reader, path, level: 0);
            }
            else if (path is not null && path.IsExcludingMember(ref reader, out int index))
            {
                reader.Read();
                members.SetExcludingMember(index, isSet: reader.TokenType != JsonTokenType.Null);
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

    // Null means that the member is not set, also when an earlier member of the same name had a value.
    private void SetExcludingMember(int index, bool isSet)
    {
        if (isSet)
        {
            (_excludingMembers ??= []).Add(index);
        }
        else
        {
            _excludingMembers?.Remove(index);
        }
    }

    /// <summary>Reads a value on the path of the option, and the values below it.</summary>
    /// <param name="reader">The reader, at the value's first token. The method leaves the reader at the value's last token.</param>
    /// <param name="path">The path of the option.</param>
    /// <param name="level">The level of the value: the index of its name in the path.</param>
    private static OptionPathMatch ReadOption(ref Utf8JsonReader reader, OptionPath path, int level)
    {
        int start = (int)reader.TokenStartIndex;
        JsonTokenType firstToken = reader.TokenType;
        bool isWholePath = level == path.Length - 1;
        if (isWholePath || firstToken != JsonTokenType.StartObject)
        {
            reader.Skip();
            return new OptionPathMatch(firstToken, level, isWholePath, start, (int)reader.BytesConsumed - start, IsEmptyObject: false);
        }

        OptionPathMatch deeper = default;
        bool isEmpty = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            isEmpty = false;
            bool isNext = reader.ValueTextEquals(path.Name(level + 1));
            reader.Read();
            if (isNext)
            {
                deeper = ReadOption(ref reader, path, level + 1);
            }
            else
            {
                reader.Skip();
            }
        }

        return !deeper.IsFound
            ? new OptionPathMatch(firstToken, level, IsWholePath: false, start, (int)reader.BytesConsumed - start, isEmpty)
            : deeper;
    }
}
