using System.Text.Json;

namespace UsageCapture.Testing;

/// <summary>A recorded response of a language-model API, the request it answers, and the usage record that is expected from it.</summary>
/// <remarks>
/// <para>
/// Load one with <see cref="RecordingFiles"/>, record one with <see cref="RecordingHandler"/>, or generate one with <see cref="ChatStream"/>,
/// <see cref="ResponsesStream"/>, <see cref="MessagesStream"/> or <see cref="GeminiStream"/>. Then replay it with <see cref="ReplayHandler"/>.
/// </para>
/// <para>Immutable and thread-safe. Equality compares <see cref="Body"/> by reference, not by content.</para>
/// </remarks>
public sealed record Recording
{
    /// <summary>Gets the name: the file name without extension. Error messages mention the name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets a description for readers.</summary>
    /// <value>The default is null: there is no description.</value>
    public string? Description { get; init; }

    /// <summary>Gets the body exactly as the server sent it. It is compressed if the headers say so.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Gets the request that the response answers.</summary>
    public required RecordedRequest Request { get; init; }

    /// <summary>Gets the status and headers of the response, and how the body is delivered: chunks, delays and faults.</summary>
    /// <value>The default is status 200, with no headers, no chunks and no fault.</value>
    public RecordedResponse Response { get; init; } = new();

    /// <summary>Gets the expected members of the usage record, named as in <see cref="UsageRecord.ToJson"/>. Other members are not compared.</summary>
    /// <value>The default is null: no member is compared.</value>
    public JsonElement? Expected { get; init; }

    /// <summary>Returns the name.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => Name;
}
