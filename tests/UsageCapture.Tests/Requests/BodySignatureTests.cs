using System.Text;

using UsageCapture.Testing;

namespace UsageCapture.Tests.Requests;

/// <summary>A body that is signed or digested is sent as it is: the server would reject a changed one.</summary>
public sealed class BodySignatureTests
{
    private const string Body = """{"model":"m","stream":true}""";

    public static TheoryData<string, string> SignedHeaders => new()
    {
        { "Content-MD5", "Q2hlY2sgSW50ZWdyaXR5IQ==" },
        { "content-md5", "Q2hlY2sgSW50ZWdyaXR5IQ==" },
        { "Digest", "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=" },
        { "Content-Digest", "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:" },
        { "Repr-Digest", "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:" },
        { "Signature", "sig1=:abc=:" },
        { "Signature-Input", "sig1=(\"content-digest\")" },
        { "x-amz-content-sha256", "e3b0c44298fc1c149afbf4c8996fb924" },
        { "Authorization", "AWS4-HMAC-SHA256 Credential=AKID/20261125/eu-west-1/bedrock/aws4_request" },
        { "Authorization", "AWS4-ECDSA-P256-SHA256 Credential=AKID" },
        { "Authorization", "HMAC-SHA256 SignedHeaders=x-ms-date" },
        { "Authorization", "Signature keyId=\"k\"" },
        { "X-Signature", "abc" },
        { "X-Acme-Body-HMAC", "abc" },
        { "x-ms-content-sha256", "abc" },
    };

    public static TheoryData<string, string> OtherHeaders => new()
    {
        { "Authorization", "Bearer hmac-signature" },
        { "api-key", "k" },
        { "X-Request-Id", "signature" },
    };

    [Theory]
    [MemberData(nameof(SignedHeaders))]
    public async Task Request_WithASignedOrDigestedBody_IsNotChanged(string name, string value)
    {
        (string sent, UsageRecord record) = await SendAsync(name, value);

        Assert.Equal((Body, UsageRequestState.NotAsked), (sent, record.UsageRequest));
    }

    [Theory]
    [MemberData(nameof(OtherHeaders))]
    public async Task Request_WithOtherHeaders_AsksForUsage(string name, string value)
    {
        (string sent, UsageRecord record) = await SendAsync(name, value);

        Assert.Equal("""{"model":"m","stream":true,"stream_options":{"include_usage":true}}""", sent);
        Assert.Equal(UsageRequestState.AskedByHandler, record.UsageRequest);
    }

    private static async Task<(string Sent, UsageRecord Record)> SendAsync(string name, string value)
    {
        var sink = new InMemoryUsageSink();
        var replay = new ReplayHandler(Chat.Answer.WithMatch(RequestMatch.Any));
        using var witness = new BodyWitness { InnerHandler = replay };
        using var client = new HttpClient(new UsageCaptureHandler(sink) { InnerHandler = witness });
        using var request = new HttpRequestMessage(HttpMethod.Post, Chat.Url) { Content = new StringContent(Body, Encoding.UTF8, "application/json") };
        if (!request.Headers.TryAddWithoutValidation(name, value))
        {
            Assert.True(request.Content.Headers.TryAddWithoutValidation(name, value));
        }

        using HttpResponseMessage response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (witness.Body, Assert.Single(sink.Records));
    }

    private sealed class BodyWitness : DelegatingHandler
    {
        public string Body { get; private set; } = "";

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Body = await request.Content!.ReadAsStringAsync(cancellationToken);
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
