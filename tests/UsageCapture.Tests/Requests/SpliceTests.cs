using System.Text;
using System.Text.Json;

using FsCheck;
using FsCheck.Fluent;

using UsageCapture.Requests;
using UsageCapture.Testing;

namespace UsageCapture.Tests.Requests;

/// <summary>Asking for usage changes one member of the request and not a byte beside it.</summary>
public sealed class SpliceTests
{
    private const string Member = "\"include_usage\":true";

    [Theory]
    [InlineData(UsageRequestMode.WhenUnspecified)]
    [InlineData(UsageRequestMode.Always)]
    [InlineData(UsageRequestMode.Never)]
    public void Request_OfAnyObject_IsAskedAsMeantAndOtherwiseUnchanged(UsageRequestMode includeUsage) =>
        Prop.ForAll(RequestBodies.Objects.ToArbitrary(), body => Check(body, includeUsage)).Check(Many);

    [Fact]
    public void Request_OfNoObject_IsSentAsItWas() =>
        Prop.ForAll(RequestBodies.Damaged.ToArbitrary(), body => Assert.Equal(body, Send(body, UsageRequestMode.Always).Sent)).Check(Many);

    [Theory]
    [InlineData("""{"stream":true}""", """{"stream":true,"stream_options":{"include_usage":true}}""")]
    [InlineData("""{"stream": true , "n":1e2}""", """{"stream": true,"stream_options":{"include_usage":true} , "n":1e2}""")]
    [InlineData("""{"stream_options":null,"stream":true}""", """{"stream_options":{"include_usage":true},"stream":true}""")]
    [InlineData("""{"stream":true,"stream_options":{}}""", """{"stream":true,"stream_options":{"include_usage":true}}""")]
    [InlineData("""{"stream":true,"stream_options":{"include_obfuscation":false}}""", """{"stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false}}""")]
    [InlineData("""{"stream":true,"stream_options":{"include_usage":null}}""", """{"stream":true,"stream_options":{"include_usage":true}}""")]
    public void Request_ThatSaysNothingOfUsage_IsAskedBySplicing(string body, string expected)
    {
        (string sent, UsageRecord record) = Send(body, UsageRequestMode.WhenUnspecified);

        Assert.Equal(expected, sent);
        Assert.Equal(UsageRequestState.AskedByHandler, record.UsageRequest);
    }

    [Theory]
    [InlineData("""{"stream":true,"stream_options":{"include_usage":false}}""", UsageRequestState.NotAsked)]
    [InlineData("""{"stream":true,"stream_options":{"include_usage":true}}""", UsageRequestState.AskedByCaller)]
    [InlineData("""{"stream":true,"stream_options":"on"}""", UsageRequestState.NotAsked)]
    [InlineData("""{"stream":true,"data_sources":[{}]}""", UsageRequestState.NotAsked)]
    [InlineData("""{"stream":false}""", null)]
    [InlineData("""{"stream":"true"}""", null)]
    [InlineData("""{"messages":[{"stream":true}]}""", null)]
    public void Request_ThatDecidedForItself_IsLeftAlone(string body, UsageRequestState? requested)
    {
        (string sent, UsageRecord record) = Send(body, UsageRequestMode.WhenUnspecified);

        Assert.Equal(body, sent);
        Assert.Equal(requested, record.UsageRequest);
    }

    [Fact]
    public void Request_ThatDeclinedUsage_IsAskedWhereItIsAlwaysWanted()
    {
        (string sent, UsageRecord record) = Send("""{"stream":true,"stream_options":{"include_usage":false,"a":1}}""", UsageRequestMode.Always);

        Assert.Equal("""{"stream":true,"stream_options":{"include_usage":true,"a":1}}""", sent);
        Assert.Equal(UsageRequestState.AskedByHandler, record.UsageRequest);
    }

    [Fact]
    public void Request_WithDeepToolSchemas_IsAsked()
    {
        string deep = string.Concat(Enumerable.Repeat("{\"a\":", 500)) + "1" + new string('}', 500);

        (string sent, _) = Send($$"""{"tools":{{deep}},"stream":true}""", UsageRequestMode.WhenUnspecified);

        Assert.EndsWith(Member + "}}", sent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "{\"a\":{\"b\":{\"c\":true}}}")]
    [InlineData(" \r\n{ \t} ", " \r\n{\"a\":{\"b\":{\"c\":true}} \t} ")]
    [InlineData("{ \"n\":1}", "{\"a\":{\"b\":{\"c\":true}}, \"n\":1}")]
    [InlineData("\uFEFF{\"n\":1}", "\uFEFF{\"a\":{\"b\":{\"c\":true}},\"n\":1}")]
    [InlineData("{\"n\":1,\"a\":{ }}", "{\"n\":1,\"a\":{\"b\":{\"c\":true} }}")]
    [InlineData("{\"a\":{\"x\":2},\"n\":1}", "{\"a\":{\"b\":{\"c\":true},\"x\":2},\"n\":1}")]
    [InlineData("{\"a\":{\"b\":null}}", "{\"a\":{\"b\":{\"c\":true}}}")]
    [InlineData("{\"a\":{\"b\":{\"d\":1}}}", "{\"a\":{\"b\":{\"c\":true,\"d\":1}}}")]
    [InlineData("{\"n\":1,\"stream\": true }", "{\"n\":1,\"stream\": true,\"a\":{\"b\":{\"c\":true}} }")]
    public void Request_ToAnApiThatStreamsByDefault_IsAskedWithoutAStreamMember(string body, string expected)
    {
        var rules = new RequestRules(
            new UsageRequestOption { Path = "a.b.c" }, ApiAcceptsOption: true, StreamsByDefault: true, UsageRequestMode.WhenUnspecified);
        byte[] bytes = Encoding.UTF8.GetBytes(body);

        var read = RequestBody.Read(bytes, rules);

        Splice splice = read.Splice!.Value;
        byte[] sent = [.. bytes[..splice.Offset], .. splice.Inserted.Span, .. bytes[(splice.Offset + splice.RemovedLength)..]];
        Assert.Equal(expected, Encoding.UTF8.GetString(sent));
        Assert.Equal((true, UsageRequestState.AskedByHandler), (read.IsStreaming, read.UsageRequest!.Value));
    }

    [Fact]
    public void Request_ToAnApiThatStreamsByDefault_IsNotAskedWhenItDeclinesTheStream()
    {
        var rules = new RequestRules(
            new UsageRequestOption { Path = "a.b.c" }, ApiAcceptsOption: true, StreamsByDefault: true, UsageRequestMode.Always);

        Assert.Null(RequestBody.Read("{\"stream\":false}"u8, rules).Splice);
    }

    [Theory]
    [InlineData("{\"stream\":true,\"x\":1,\"y\":null}", false)]
    [InlineData("{\"stream\":true,\"x\":null,\"y\":1}", false)]
    [InlineData("{\"stream\":true,\"x\":1,\"x\":null}", true)]
    [InlineData("{\"stream\":true,\"x\":1,\"y\":1,\"y\":null}", false)]
    [InlineData("{\"stream\":true,\"x\":null,\"y\":null}", true)]
    public void Request_WithSeveralExcludingMembers_IsAskedWhenTheLastOfEachNameIsNull(string body, bool isAsked)
    {
        var option = new UsageRequestOption { Path = "a.b", ExcludedBy = ["x", "y"] };
        var rules = new RequestRules(option, ApiAcceptsOption: true, StreamsByDefault: false, UsageRequestMode.Always);

        Assert.Equal(isAsked, RequestBody.Read(Encoding.UTF8.GetBytes(body), rules).Splice is not null);
    }

    private static Config Many => Config.QuickThrowOnFailure.WithMaxTest(4000);

    private static void Check(string body, UsageRequestMode includeUsage)
    {
        (string sent, UsageRecord record) = Send(body, includeUsage);
        using var before = JsonDocument.Parse(body.TrimStart('\uFEFF'));
        using var after = JsonDocument.Parse(sent.TrimStart('\uFEFF'));
        bool isStream = Last(before, "stream") is { ValueKind: JsonValueKind.True };
        bool hasData = Last(before, "data_sources") is { ValueKind: not JsonValueKind.Null };
        JsonElement? options = Last(before, "stream_options");
        JsonElement? asked = options is { ValueKind: JsonValueKind.Object } ? Last(options.Value, "include_usage") : null;
        bool isUnspecified = options is null or { ValueKind: JsonValueKind.Null }
            || (options is { ValueKind: JsonValueKind.Object } && asked is null or { ValueKind: JsonValueKind.Null });
        bool isAskable = isUnspecified || (includeUsage == UsageRequestMode.Always && asked is { ValueKind: JsonValueKind.False });

        if (!isStream || hasData || includeUsage == UsageRequestMode.Never || !isAskable)
        {
            Assert.Equal(body, sent);
            return;
        }

        // Nothing before or after the change is touched, and what is taken away is at most the value in whose place it stands.
        int prefix = body.AsSpan().CommonPrefixLength(sent);
        int suffix = 0;
        while (suffix < body.Length - prefix && body[^(suffix + 1)] == sent[^(suffix + 1)])
        {
            suffix++;
        }

        Assert.Contains(body[prefix..^suffix], (string[])["", "null", "false", "fals", "nul", "alse", "ull"]);
        Assert.Equal(UsageRequestState.AskedByHandler, record.UsageRequest);
        Assert.Equal(Others(before.RootElement, "stream_options"), Others(after.RootElement, "stream_options"));
        JsonElement result = Last(after, "stream_options")!.Value;
        Assert.True(Last(result, "include_usage")!.Value.GetBoolean());
        if (options is { ValueKind: JsonValueKind.Object } given)
        {
            Assert.Equal(Others(given, "include_usage"), Others(result, "include_usage"));
        }
    }

    private static JsonElement? Last(JsonDocument document, string name) => Last(document.RootElement, name);

    private static JsonElement? Last(JsonElement element, string name) =>
        element.EnumerateObject().Where(member => member.NameEquals(name)).Select(member => (JsonElement?)member.Value).LastOrDefault();

    private static List<string> Others(JsonElement element, string name) =>
        [.. element.EnumerateObject().Where(member => !member.NameEquals(name)).Select(member => member.ToString())];

    private static (string Sent, UsageRecord Record) Send(string body, UsageRequestMode includeUsage)
    {
        var sink = new InMemoryUsageSink();
        var server = new ReplayHandler(Recordings.Get("openai-stream-trailing-usage").WithMatch(RequestMatch.Any));
        using var client = new HttpClient(
            new UsageCaptureHandler(sink, new UsageCaptureOptions { UsageRequest = includeUsage }) { InnerHandler = server });
        using HttpRequestMessage request = Chat.Request(body);
        using HttpResponseMessage response = client.Send(request, TestContext.Current.CancellationToken);
        return (Encoding.UTF8.GetString(server.RequestBodies[0].Span), sink.Records[0]);
    }
}
