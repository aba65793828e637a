using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace UsageCapture.Testing.Tests;

/// <summary>Tests loading and saving recordings, and the messages about invalid files.</summary>
public sealed class RecordingFileTests
{
    private const string Minimal = """{"schema_version":1,"request":{"url":"https://api.openai.com/v1/chat/completions"}}""";

    private static readonly JsonElement Schema = JsonElement.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "recording.schema.json")));

    private static JsonElement Example => Schema.GetProperty("examples")[0];

    public static TheoryData<string> MetadataFiles => [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Recordings"), "*.json").Select(path => Path.GetFileName(path))];

    [Theory]
    [MemberData(nameof(MetadataFiles))]
    public void Metadata_OfEveryRecording_MatchesTheSchema(string file) => Assert.Empty(
        JsonSchema.GetViolations(Schema, JsonElement.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Recordings", file)))));

    [Fact]
    public void Example_OfTheSchema_HasEveryMemberAndIsLoaded()
    {
        Recording recording = RecordingFiles.Parse(Example.GetRawText(), "data: {}\n\n....");

        Assert.Empty(JsonSchema.GetViolations(Schema, Example));
        Assert.Empty(FindMissingMembers(Schema, Example));
        Assert.Equal("gpt-5-mini", recording.Request.Match?.Model);
        Assert.Equal([new RecordedChunk { Length = 10, Delay = TimeSpan.FromMilliseconds(250.5) }, new RecordedChunk { Length = 4 }], recording.Response.Chunks);
        Assert.Equal(new RecordedFault { Kind = FaultKind.ConnectionReset, AfterBytes = 12 }, recording.Response.Fault);
    }

    [Fact]
    public void Member_ThatIsNotInTheSchema_IsRejectedByTheLoader()
    {
        foreach (string place in (string[])["", "request", "request.match", "response", "response.fault"])
        {
            JsonNode metadata = JsonNode.Parse(Example.GetRawText())!;
            JsonNode parent = place.Split('.', StringSplitOptions.RemoveEmptyEntries).Aggregate(metadata, (node, name) => node[name]!);
            parent["typo"] = 1;

            Assert.NotEmpty(JsonSchema.GetViolations(Schema, JsonElement.Parse(metadata.ToJsonString())));
            var exception = Assert.Throws<InvalidDataException>(() => RecordingFiles.Parse(metadata.ToJsonString(), "data: {}\n\n....", "hello"));
            Assert.Contains("typo", exception.Message, StringComparison.Ordinal);
            Assert.Contains("'hello'", exception.Message, StringComparison.Ordinal);
            Assert.Contains("recording.schema.json", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void FaultKinds_OfTheSchema_AreThoseOfTheEnum()
    {
        string[] kinds = [.. Schema.GetProperty("properties").GetProperty("response").GetProperty("properties").GetProperty("fault")
            .GetProperty("properties").GetProperty("kind").GetProperty("enum").EnumerateArray().Select(kind => kind.GetString()!)];

        Assert.Equal(Enum.GetValues<FaultKind>(), kinds.Select(kind => Load(kind).Response.Fault!.Kind));
        Assert.All(kinds, kind => Assert.Contains($"\"{kind}\"", File.ReadAllText(Load(kind).Save(NewFolder())), StringComparison.Ordinal));

        static Recording Load(string kind) => RecordingFiles.Parse(
            """{"schema_version":1,"request":{"url":"https://a.example/"},"response":{"fault":{"kind":"KIND","after_bytes":0}}}""".Replace("KIND", kind, StringComparison.Ordinal), "");
    }

    [Fact]
    public void Recording_SavedAndLoaded_IsUnchanged()
    {
        string folder = NewFolder();
        Recording recording = ChatStream.Create("gpt-5-mini").Text("Grüße 你好").Finish("stop").Usage(prompt: 1, completion: 2).ToRecording("hello")
            .InChunksByEvent().WithDelay(TimeSpan.FromMilliseconds(2.5)).ResetAfter(40);

        Recording loaded = RecordingFiles.Load(recording.Save(folder));

        Assert.Equal(["hello.json", "hello.sse"], Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(recording.Body.ToArray(), loaded.Body.ToArray());
        Assert.Equal(recording.Response.Chunks, loaded.Response.Chunks);
        Assert.Equal(recording.Response.Fault, loaded.Response.Fault);
        Assert.Equal(recording.Response.Headers, loaded.Response.Headers);
        Assert.Equal(recording.Request.Match, loaded.Request.Match);
        Assert.True(JsonElement.DeepEquals(recording.Request.Body!.Value, loaded.Request.Body!.Value));
        Assert.True(JsonElement.DeepEquals(recording.Expected!.Value, loaded.Expected!.Value));
        Assert.Empty(JsonSchema.GetViolations(Schema, JsonElement.Parse(File.ReadAllText(Path.Combine(folder, "hello.json")))));
    }

    [Theory]
    [InlineData("text/event-stream", null, ".sse")]
    [InlineData("application/x-ndjson", null, ".ndjson")]
    [InlineData("application/vnd.amazon.eventstream", null, ".bin")]
    [InlineData("text/event-stream", "gzip", ".bin")]
    [InlineData("text/event-stream", "identity", ".sse")]
    [InlineData("application/json", null, ".body")]
    public void Recording_Saved_HasTheExtensionOfItsContentType(string contentType, string? coding, string extension)
    {
        string folder = NewFolder();

        string path = RecordingFiles.Parse(Minimal, "{}", "a.b").WithHeader("content-type", contentType).WithHeader("content-encoding", coding).Save(folder);

        Assert.True(File.Exists(Path.Combine(folder, "a.b" + extension)));
        Assert.Equal("a.b", RecordingFiles.Load(path).Name);
    }

    [Fact]
    public void Recording_InAnAssembly_IsLoaded()
    {
        Recording recording = RecordingFiles.LoadResource(typeof(RecordingFileTests).Assembly, "embedded.json");

        Assert.Equal(("embedded", "data: [DONE]\n\n"), (recording.Name, Encoding.UTF8.GetString(recording.Body.Span)));
    }

    [Theory]
    [InlineData("nothing.json", "has no resource 'nothing.json'")]
    [InlineData("lonely.json", "has no body beside it, with the extension .sse or .ndjson or .bin or .body")]
    public void Recording_NotInAnAssembly_Throws(string name, string expected)
    {
        var exception = Assert.Throws<FileNotFoundException>(() => RecordingFiles.LoadResource(typeof(RecordingFileTests).Assembly, name));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.Contains("<EmbeddedResource Include=\"Recordings/**\" />", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recording_WithoutFiles_ThrowsAndSaysWhichPathToGive()
    {
        var exception = Assert.Throws<FileNotFoundException>(() => RecordingFiles.Load("Recordings/nothing.json"));

        Assert.StartsWith(
            $"There is no recording at '{Path.GetFullPath("Recordings/nothing.json")}'. Give the path of its .json file. ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("CopyToOutputDirectory=\"PreserveNewest\"", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_ThatDoesNotExist_ThrowsWithItsFullPath()
    {
        var exception = Assert.Throws<DirectoryNotFoundException>(() => RecordingFiles.LoadFolder("nowhere"));

        Assert.StartsWith($"There is no folder '{Path.GetFullPath("nowhere")}'. ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recording_WithoutBody_SaysWhichFileIsMissing()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("recording").FullName, "lonely.json");
        File.WriteAllText(path, "{}");

        FileNotFoundException exception = Assert.Throws<FileNotFoundException>(() => RecordingFiles.Load(path));

        Assert.Contains("lonely.json' has no body", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"schema_version":1,"request":{"url":"https://a.example/"},"response":{},"expcted":{}}""", "expcted")]
    [InlineData("""{"schema_version":9,"request":{"url":"https://a.example/"},"response":{}}""", "schema_version 9")]
    [InlineData("""{"schema_version":1""", "cannot be read")]
    public void Recording_WithASidecarThatIsNotKnown_SaysWhy(string sidecar, string expected)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("recording").FullName, "odd.json");
        File.WriteAllText(path, sidecar);
        File.WriteAllText(Path.ChangeExtension(path, ".sse"), "");

        InvalidDataException exception = Assert.Throws<InvalidDataException>(() => RecordingFiles.Load(path));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recording_LoadedByThePathOfItsBody_ThrowsAndSaysWhichPathToGive()
    {
        string body = Path.ChangeExtension(RecordingFiles.Parse(Minimal, "{}", "hello").Save(NewFolder()), ".body");

        var exception = Assert.Throws<InvalidDataException>(() => RecordingFiles.Load(body));

        Assert.Equal($"'{body}' is the body of a recording. Give the path of the .json file beside it.", exception.Message);
    }

    [Fact]
    public void Recording_WithTwoBodies_ThrowsAndSaysToDeleteOne()
    {
        string path = RecordingFiles.Parse(Minimal, "{}", "twice").Save(NewFolder());
        File.WriteAllText(Path.ChangeExtension(path, ".sse"), "");

        var exception = Assert.Throws<InvalidDataException>(() => RecordingFiles.Load(path));

        Assert.EndsWith("Delete all but one.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resource_WithTwoBodies_ThrowsAndSaysToDeleteOne()
    {
        var exception = Assert.Throws<InvalidDataException>(
            () => RecordingFiles.LoadResource(new NamedResources("a.twice.json", "a.twice.sse", "a.twice.body"), "twice.json"));

        Assert.Equal("The recording 'a.twice.json' has more than one body: a.twice.sse and a.twice.body. Delete all but one.", exception.Message);
    }

    [Fact]
    public void Folder_WithTheSchema_IsLoadedWithoutIt()
    {
        string folder = NewFolder();
        RecordingFiles.Parse(Minimal, "{}", "hello").Save(folder);
        File.WriteAllText(Path.Combine(folder, "recording.schema.json"), Schema.GetRawText());

        Assert.Equal("hello", Assert.Single(RecordingFiles.LoadFolder(folder)).Name);
    }

    [Theory]
    [InlineData("""{"schema_version":1}""", "has no absolute address. Give its request an absolute url")]
    [InlineData("""{"schema_version":1,"request":{"url":"/v1"}}""", "has no absolute address. Give its request an absolute url")]
    [InlineData("""{"schema_version":2,"request":{"url":"https://a.example/"}}""", "has schema_version 2; this package reads version 1.")]
    [InlineData("""{"schema_version":2,"shape":{},"request":{}}""", "has schema_version 2; this package reads version 1.")]
    [InlineData("""{"schema_version":"1","request":{"url":"https://a.example/"}}""", "has schema_version \"1\"; this package reads version 1.")]
    [InlineData("""{"request":{"url":"https://a.example/"}}""", "Write \"schema_version\": 1 into it")]
    [InlineData("""{"schema_version":1,"reqest":{}}""", "has the unknown member reqest. Known members are schema_version, ")]
    [InlineData(
        """{"schema_version":1,"request":{"url":"https://a.example/"},"response":{"chunks":[{"length":6,"delay":1}]}}""",
        "has the unknown member response.chunks[0].delay. Known members are length, delay_ms.")]
    [InlineData("""{"schema_version":1,"request":{"url":"https://a.example/"},"response":{"chunks":[{"length":6,"delay_ms":-1}]}}""", "has the delay_ms -1. Write zero or more")]
    [InlineData("""{"schema_version":1,"request":{"url":"https://a.example/"},"response":{"status":9}}""", "has the status 9. Write a number from 100 to 599.")]
    [InlineData("""{"schema_version":1,"request":{"url":"https://a.example/"},"response":{"fault":{"kind":"reset","after_bytes":7}}}""", "comes after 7 bytes, but its body has 6.")]
    [InlineData("""{"schema_version":1,"request":{"url":"https://a.example/"},"response":{"fault":{"kind":"reset","after_bytes":-1}}}""", "comes after -1 bytes, but its body has 6.")]
    [InlineData("null", "The document is null.")]
    [InlineData("[]", "cannot be read")]
    [InlineData(
        """{"schema_version":1,"request":{"url":"https://a.example/"},"response":{"chunks":[{"length":6,"delay_ms":"1"}]}}""",
        "A delay must be a number of milliseconds.")]
    [InlineData(
        """{"schema_version":1,"request":{"url":"https://a.example/"},"response":{"chunks":[{"length":6,"delay_ms":1e30}]}}""",
        "A delay must be less than 29,000 years.")]
    [InlineData("""{"schema_version":1,"request":{"url":"https://a.example/"},"response":{"fault":{"kind":7,"after_bytes":1}}}""", "7 is not a kind of fault.")]
    [InlineData("""{"schema_version":1,"request":{"url":"https://a.example/"},"response":{"chunks":[{"length":0}]}}""", "has the length 0. Write a length of at least one byte.")]
    [InlineData("""{"schema_version":1,"request":{"url":"https://a.example/"},"response":{"fault":{"kind":"explosion","after_bytes":1}}}""", "explosion")]
    [InlineData(
        """{"schema_version":1,"request":{"url":"https://a.example/"},"response":{"chunks":[{"length":3},{"length":4}]}}""",
        "add up to 7 bytes, but its body has 6. If line endings of the body were changed, mark the body file as -text in .gitattributes")]
    public void Metadata_ThatIsInvalid_IsRejectedWithAReason(string metadata, string expected)
    {
        var exception = Assert.Throws<InvalidDataException>(() => RecordingFiles.Parse(metadata, "sixsix", "odd"));

        Assert.Contains("'odd'", exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Returns the members of the schema that an example does not have.</summary>
    private static IEnumerable<string> FindMissingMembers(JsonElement schema, JsonElement example)
    {
        if (schema.TryGetProperty("items", out JsonElement items))
        {
            return FindMissingMembers(items, example[0]);
        }

        return !schema.TryGetProperty("properties", out JsonElement properties) ? [] : properties.EnumerateObject().SelectMany(
            member => example.TryGetProperty(member.Name, out JsonElement value) ? FindMissingMembers(member.Value, value) : [member.Name]);
    }

    private static string NewFolder() => Directory.CreateTempSubdirectory("recordings").FullName;

    /// <summary>An assembly that has names of resources only.</summary>
    private sealed class NamedResources(params string[] names) : Assembly
    {
        public override string[] GetManifestResourceNames() => names;

        public override AssemblyName GetName() => new("Named");
    }
}
