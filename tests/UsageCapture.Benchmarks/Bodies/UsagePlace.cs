using System.Text.Json;

namespace UsageCapture.Benchmarks.Bodies;

/// <summary>Where a protocol's documents hold their usage, and how it calls the counts.</summary>
/// <param name="Parent">The member whose usage counts as well as the document's own; empty when there is none.</param>
/// <param name="InputName">The name of the input's count.</param>
/// <param name="OutputName">The name of the output's count.</param>
internal sealed record UsagePlace(byte[] Parent, byte[] InputName, byte[] OutputName)
{
    public static UsagePlace Chat { get; } = new([], "prompt_tokens"u8.ToArray(), "completion_tokens"u8.ToArray());

    public static UsagePlace Anthropic { get; } = new("message"u8.ToArray(), "input_tokens"u8.ToArray(), "output_tokens"u8.ToArray());

    public static UsagePlace Responses { get; } = new("response"u8.ToArray(), "input_tokens"u8.ToArray(), "output_tokens"u8.ToArray());

    /// <summary>Finds the usage in a parsed document.</summary>
    public Tokens? Find(JsonElement document)
    {
        if (Parent.Length > 0 && document.TryGetProperty(Parent, out JsonElement inner) && FindOwn(inner) is { } found)
        {
            return found;
        }

        return FindOwn(document);
    }

    /// <summary>Finds the usage in an object whose opening bracket was read, and reads up to its closing one.</summary>
    public Tokens? Find(ref Utf8JsonReader reader)
    {
        Tokens? found = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isUsage = reader.ValueTextEquals("usage"u8);
            bool isParent = Parent.Length > 0 && reader.ValueTextEquals(Parent);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject && isUsage)
            {
                found = ReadCounts(ref reader);
            }
            else if (reader.TokenType == JsonTokenType.StartObject && isParent)
            {
                found = Find(ref reader) ?? found;
            }
            else
            {
                reader.Skip();
            }
        }

        return found;
    }

    /// <summary>Reads the counts of a usage object whose opening bracket was read, and reads up to its closing one.</summary>
    public Tokens ReadCounts(ref Utf8JsonReader reader)
    {
        long input = 0;
        long output = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isInput = reader.ValueTextEquals(InputName);
            bool isOutput = reader.ValueTextEquals(OutputName);
            reader.Read();
            if (isInput)
            {
                input = reader.GetInt64();
            }
            else if (isOutput)
            {
                output = reader.GetInt64();
            }
            else
            {
                reader.Skip();
            }
        }

        return new Tokens(input, output);
    }

    private Tokens? FindOwn(JsonElement document) =>
        document.ValueKind == JsonValueKind.Object
            && document.TryGetProperty("usage"u8, out JsonElement usage)
            && usage.ValueKind == JsonValueKind.Object
            ? new Tokens(usage.GetProperty(InputName).GetInt64(), usage.GetProperty(OutputName).GetInt64())
            : null;
}
