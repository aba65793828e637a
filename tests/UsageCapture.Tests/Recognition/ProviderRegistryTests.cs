using Microsoft.Extensions.Logging.Abstractions;

using UsageCapture.Recognition;

namespace UsageCapture.Tests.Recognition;

/// <summary>Recognized addresses are cached without their query, and the result is always that of the whole address.</summary>
public sealed class ProviderRegistryTests
{
    private const string Azure = "https://x.openai.azure.com/openai/deployments/d/chat/completions";

    private readonly ProviderRegistry _registry = new(new UsageCaptureOptions(), NullLogger.Instance);

    [Fact]
    public void Addresses_ThatDifferInTheVersion_KeepTheirVersions()
    {
        string?[] queries = ["?api-version=2024-10-21", "?api-version=2023-05-15", "", "?API-Version=2024-10-21&x=1", "?api-version=2024%2D10-21", "?api-version="];
        string?[] versions = ["2024-10-21", "2023-05-15", null, "2024-10-21", "2024-10-21", ""];
        for (int round = 0; round < 2; round++)
        {
            foreach ((string? query, string? version) in queries.Zip(versions))
            {
                Assert.Equal(version, Recognize(Azure + query)?.Endpoint.ApiVersion);
            }
        }

        Assert.Equal("2024-01-01", Recognize("https://us-south.ml.cloud.ibm.com/ml/v1/text/generation?version=2024-01-01")?.Endpoint.ApiVersion);
        Assert.Equal("2025-01-01", Recognize("https://us-south.ml.cloud.ibm.com/ml/v1/text/generation?version=2025-01-01")?.Endpoint.ApiVersion);
    }

    [Theory]
    [InlineData(Azure, "?api-version=2024-10-21&key=secret")]
    [InlineData("https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent", "?key=secret")]
    [InlineData("https://example.com/unknown", "?key=secret#secret")]
    [InlineData("https://user:secret@example.com/v1/chat/completions", "")]
    public void Address_WithAKey_LeavesNoKeyInTheCache(string address, string query)
    {
        RecognizedApi? first = Recognize(address + query);

        Assert.Equal(first?.Endpoint, Recognize(address + query)?.Endpoint);
        string[] texts = [.. FindTexts(_registry)];
        Assert.Equal(!address.Contains('@', StringComparison.Ordinal), texts.Contains(address));
        Assert.DoesNotContain(texts, text => text.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public void Addresses_ThatDifferInAKey_ShareOneResult()
    {
        const string Address = "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent";

        Assert.Same(Recognize(Address + "?key=a"), Recognize(Address + "?key=b"));
        Assert.Same(Recognize(Azure + "?api-version=1&sig=a"), Recognize(Azure + "?sig=b&api-version=1"));
    }

    [Fact]
    public void OwnProvider_ThatReadsTheQuery_IsAskedForEachQuery()
    {
        var registry = new ProviderRegistry(new UsageCaptureOptions { Providers = { new QueryProvider() } }, NullLogger.Instance);

        Assert.Equal("?model=a", registry.Recognize(new Uri("https://acme.example/q?model=a")).Api?.Endpoint.Model);
        Assert.Equal("?model=b", registry.Recognize(new Uri("https://acme.example/q?model=b")).Api?.Endpoint.Model);
    }

    /// <summary>Finds every string that is reachable from an object through its fields.</summary>
    private static IEnumerable<string> FindTexts(object root)
    {
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        Stack<object?> open = new([root]);
        while (open.TryPop(out object? current))
        {
            if (current is null or Type or System.Reflection.MemberInfo or Delegate || !seen.Add(current))
            {
                continue;
            }

            if (current is string text)
            {
                yield return text;
            }
            else if (current is Array { Rank: 1 } array && !array.GetType().GetElementType()!.IsPrimitive)
            {
                foreach (object? item in array)
                {
                    open.Push(item);
                }
            }
            else if (!current.GetType().IsPrimitive && current is not Array)
            {
                for (Type? type = current.GetType(); type is not null; type = type.BaseType)
                {
                    foreach (System.Reflection.FieldInfo field in type.GetFields(
                        System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.DeclaredOnly))
                    {
                        if (!field.FieldType.IsPointer && !field.FieldType.IsByRefLike)
                        {
                            open.Push(field.GetValue(current));
                        }
                    }
                }
            }
        }
    }

    private RecognizedApi? Recognize(string address) => _registry.Recognize(new Uri(address)).Api;

    private sealed class QueryProvider : UsageProvider
    {
        public override string Protocol => "acme";

        public override bool Matches(Uri address) => address.AbsolutePath == "/q";

        public override UsageEndpoint Describe(Uri address) => new() { Provider = "acme", Operation = "chat", Model = address.Query };

        public override UsageReader CreateReader() => throw new NotSupportedException();
    }
}
