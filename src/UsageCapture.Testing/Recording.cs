using System.Reflection;
using System.Text;
using System.Text.Json;

using UsageCapture.Testing.Files;
using UsageCapture.Testing.Replay;

namespace UsageCapture.Testing;

/// <summary>One recorded response of a language-model API, with the request it answers and the usage record that it should yield.</summary>
/// <remarks>
/// A recording is a pair of files: the body byte for byte (<c>name.sse</c>, or <c>.ndjson</c>, <c>.bin</c> or <c>.body</c> where it is no
/// event stream), and <c>name.json</c> beside it with everything else, in the form of <c>recording.schema.json</c>. Immutable and
/// thread-safe. Two recordings are equal when they share their parts; compare bodies byte by byte.
/// </remarks>
public sealed record Recording
{
    /// <summary>Gets the recording's name: that of its files.</summary>
    public required string Name { get; init; }

    /// <summary>Gets what the recording shows, for people; null when nobody wrote it down.</summary>
    public string? Description { get; init; }

    /// <summary>Gets the body, byte for byte.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Gets the request that the response answers.</summary>
    public required RecordedRequest Request { get; init; }

    /// <summary>Gets the status and headers of the response, and how its body travels.</summary>
    public RecordedResponse Response { get; init; } = new();

    /// <summary>Gets the members that the usage record must have, named as in <see cref="UsageRecord.ToJson"/>; null to expect nothing.</summary>
    public JsonElement? Expected { get; init; }

    /// <summary>Loads a recording from its files.</summary>
    /// <param name="path">The path of its <c>.json</c> file.</param>
    /// <returns>The recording.</returns>
    /// <remarks>Relative paths are looked for from the current directory: in a test, the output folder, where the build has to copy both files.</remarks>
    /// <exception cref="FileNotFoundException">One of the pair is missing; the message names it.</exception>
    /// <exception cref="InvalidDataException">The <c>.json</c> file is not of the form that is known here; the message says why.</exception>
    public static Recording Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return RecordingFiles.Load(path);
    }

    /// <summary>Loads every recording of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The recordings, ordered by name.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">A <c>.json</c> file is not of the form that is known here; the message says which and why.</exception>
    public static IReadOnlyList<Recording> LoadFolder(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return RecordingFiles.LoadFolder(folder);
    }

    /// <summary>Loads a recording whose two files are embedded in an assembly.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="name">The resource name of the <c>.json</c> file, or the end of it: <c>hello.json</c>.</param>
    /// <returns>The recording, named for the resource.</returns>
    /// <exception cref="FileNotFoundException">One of the pair is missing; the message names the resources that there are.</exception>
    /// <exception cref="InvalidDataException">The <c>.json</c> resource is not of the form that is known here; the message says why.</exception>
    public static Recording LoadResource(Assembly assembly, string name)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return RecordingResources.Load(assembly, name);
    }

    /// <summary>Reads a recording from text.</summary>
    /// <param name="sidecar">What would stand in its <c>.json</c> file.</param>
    /// <param name="body">The body, to be sent as UTF-8.</param>
    /// <param name="name">The recording's name, for messages.</param>
    /// <returns>The recording.</returns>
    /// <exception cref="InvalidDataException">The sidecar is not of the form that is known here; the message says why.</exception>
    public static Recording Parse(string sidecar, string body, string name = "recording")
    {
        ArgumentNullException.ThrowIfNull(sidecar);
        ArgumentNullException.ThrowIfNull(body);
        return Sidecar.Read(Encoding.UTF8.GetBytes(sidecar), Encoding.UTF8.GetBytes(body), name, name);
    }

    /// <summary>Writes the pair of files, over any that are there.</summary>
    /// <param name="folder">The folder, which is made if need be.</param>
    /// <returns>The path of the <c>.json</c> file.</returns>
    public string Save(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return RecordingFiles.Save(this, folder);
    }

    /// <summary>Gives the events of the body one by one, as <see cref="RecordingWireExtensions.EventByEvent"/> delivers them.</summary>
    /// <returns>The bytes of each event, up to and with its blank lines; together they are the body.</returns>
    /// <exception cref="InvalidOperationException">The body is compressed, so that nobody can see its events.</exception>
    public IReadOnlyList<ReadOnlyMemory<byte>> GetEvents()
    {
        int start = 0;
        return [.. Pieces.Events(this).Select(chunk => Body.Slice((start += chunk.Length) - chunk.Length, chunk.Length))];
    }

    /// <summary>Gives how many bytes the first events have, to let something happen behind them: <c>hello.ResetAfter(hello.LengthOf(events: 2))</c>.</summary>
    /// <param name="events">How many events.</param>
    /// <returns>Their length.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The body has not so many.</exception>
    /// <exception cref="InvalidOperationException">The body is compressed, so that nobody can see its events.</exception>
    public int LengthOf(int events)
    {
        IReadOnlyList<RecordedChunk> chunks = Pieces.Events(this);
        if (events < 0 || events > chunks.Count)
        {
            throw new ArgumentOutOfRangeException(nameof(events), events, $"The recording '{Name}' has {chunks.Count} events. Choose from 0 to that.");
        }

        return chunks.Take(events).Sum(chunk => chunk.Length);
    }

    /// <summary>Makes a request like the one recorded.</summary>
    /// <returns>A new request, with its body as JSON.</returns>
    public HttpRequestMessage CreateRequest() => new(new HttpMethod(Request.Method), Request.Url)
    {
        Content = Request.Body is { } body ? new StringContent(body.GetRawText(), Encoding.UTF8, "application/json") : null,
    };

    /// <summary>Makes a response like the one recorded, which travels as the recording says.</summary>
    /// <param name="timeProvider">The clock for the delays between chunks; null to wait for none of them.</param>
    /// <returns>A new response, whose body can be read once, as one from the network.</returns>
    /// <exception cref="InvalidDataException">The chunks do not add up to the body.</exception>
    /// <exception cref="InvalidOperationException">The recording is of a request that gets no response.</exception>
    public HttpResponseMessage CreateResponse(TimeProvider? timeProvider = null) => ResponseFactory.Create(this, new RecordedStream(this, timeProvider));

    /// <summary>Compares a record with the expected one.</summary>
    /// <param name="record">The record.</param>
    /// <returns>A sentence for each expected member that differs; none when all is as expected.</returns>
    public IReadOnlyList<string> Differences(UsageRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (Expected is not { } expected)
        {
            return [];
        }

        using var actual = JsonDocument.Parse(record.ToJson());
        return [.. ExpectedMembers.Differences(expected, actual.RootElement, path: "")];
    }

    /// <summary>Gives the name.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => Name;
}
