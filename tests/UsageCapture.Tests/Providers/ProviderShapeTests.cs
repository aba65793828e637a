using System.Text;
using System.Text.Json.Nodes;

using UsageCapture.Decoding;
using UsageCapture.Providers;

namespace UsageCapture.Tests.Providers;

/// <summary>The least that a document must have to be recognized as a response of a provider, when its address is unknown.</summary>
/// <remarks>
/// Each line is a document. Without any of its members, or with null in place of one, it is not recognized. A line that begins with "!" is
/// not recognized itself.
/// </remarks>
public sealed class ProviderShapeTests
{
    [Theory]
    [InlineData("openai-chat", """
        {"object":"chat.completion"}
        {"object":"chat.completion.chunk"}
        {"model":"m","choices":[{"delta":{}}]}
        {"model":"m","choices":[{"message":{}}]}
        {"model":"m","prompt_filter_results":[]}
        !{"object":"text_completion","model":"m","prompt_filter_results":[]}
        !{"object":"a.chat.completion"}
        """)]
    [InlineData("openai-completions", """
        {"object":"text_completion"}
        {"model":"m","choices":[{"text":""}]}
        !{"object":"text_completions"}
        """)]
    [InlineData("openai-responses", """
        {"object":"response.compaction"}
        {"object":"response","model":"m"}
        {"type":"response.x","response":{"object":"response"}}
        !{"object":"response.x","model":"m"}
        !{"type":"aresponse.x","response":{"object":"response"}}
        !{"type":"response.x","response":{"object":"responses"}}
        """)]
    [InlineData("openai-embeddings", """
        {"model":"m","data":[{"embedding":[]}]}
        {"model":"m","data":[{"data":[{"embedding":[]}]}]}
        """)]
    [InlineData("openai-images", """
        {"data":[{"b64_json":""}],"usage":{"input_tokens_details":{}}}
        {"data":[{"url":""}],"usage":{"input_tokens_details":{}}}
        {"type":"image_generation.x"}
        {"type":"image_edit.x"}
        !{"type":"image_edit"}
        !{"type":"an_image_generation.x"}
        """)]
    [InlineData("openai-audio", """
        {"type":"transcript.text.x"}
        {"type":"speech.audio.x"}
        !{"type":"transcript.text"}
        !{"type":"a.speech.audio.x"}
        """)]
    [InlineData("openai-runs", """
        {"object":"thread.run","model":"m"}
        !{"object":"thread.run.step","model":"m"}
        """)]
    [InlineData("rerank", """
        {"results":[{"relevance_score":0}],"usage":{"total_tokens":0}}
        {"data":[{"relevance_score":0}],"usage":{"total_tokens":0}}
        """)]
    [InlineData("openai-decisions", """{"model":"m","answers":[{"type":""}],"usage":{"input_tokens":0}}""")]
    [InlineData("openai-graders", """{"reward":0,"model_grader_token_usage_per_model":{}}""")]
    [InlineData("system-one", """{"model":"m","answers":{},"usage":{"input_tokens":0}}""")]
    [InlineData("anthropic-messages", """
        {"type":"message","role":"assistant","model":"m"}
        {"type":"message_start","message":{"role":"assistant","model":"m"}}
        !{"type":"messages","role":"assistant","model":"m"}
        !{"type":"message","message":{"role":"assistant","model":"m"}}
        !{"type":"message_start","role":"assistant","model":"m"}
        """)]
    [InlineData("anthropic-complete", """
        {"type":"completion","completion":"","model":"m"}
        !{"type":"complete","completion":"","model":"m"}
        """)]
    [InlineData("gemini-generate", """
        {"candidates":[{"content":{}}],"usageMetadata":{}}
        {"candidates":[{"finishReason":""}],"modelVersion":""}
        {"usageMetadata":{},"modelVersion":""}
        {"response":{"usageMetadata":{},"modelVersion":""}}
        """)]
    [InlineData("gemini-interactions", """
        {"event_type":"interaction.x"}
        !{"event_type":"interaction"}
        """)]
    [InlineData("vertex-predict", """{"predictions":[{"embeddings":{"statistics":{"token_count":0}}}]}""")]
    [InlineData("bedrock-converse", """{"stopReason":"","usage":{"inputTokens":0}}""")]
    [InlineData("cohere", """
        {"type":"message-start","delta":{"message":{}}}
        {"type":"message-end","delta":{"message":{}}}
        {"meta":{"billed_units":{}}}
        {"token_count":{"billed_tokens":0}}
        {"usage":{"billed_units":{}}}
        !{"type":"content-start","delta":{"message":{}}}
        """)]
    [InlineData("mistral-conversations", """
        {"object":"conversation.response"}
        {"type":"conversation.response.x"}
        !{"object":"conversation.responses"}
        !{"type":"conversation.response"}
        """)]
    [InlineData("ollama", """
        {"model":"m","done":false,"created_at":""}
        {"model":"m","embeddings":[],"prompt_eval_count":0}
        !{"model":"m","done":false,"prompt_eval_count":0}
        !{"model":"m","embeddings":[],"created_at":""}
        """)]
    [InlineData("watsonx-generation", """{"model_id":"m","results":[{"generated_token_count":0}]}""")]
    [InlineData("reka-chat", """
        {"responses":[{"message":{}}],"usage":{"output_tokens":0}}
        {"responses":[{"chunk":{}}],"usage":{"output_tokens":0}}
        """)]
    [InlineData("oci-generative-ai", """{"chatResponse":{"apiFormat":"","usage":{}}}""")]
    [InlineData("sap-orchestration", """
        {"request_id":"","orchestration_result":{"choices":[]}}
        {"request_id":"","final_result":{"choices":[]}}
        """)]
    [InlineData("llama-cpp-completion", """{"stop":false,"tokens_evaluated":0,"tokens_predicted":0}""")]
    [InlineData("tgi-generate", """
        {"generated_text":""}
        {"token":{"logprob":0,"special":false}}
        """)]
    [InlineData("workers-ai", """{"success":true,"result":{"usage":{"prompt_tokens":0}}}""")]
    public void Document_OfAProvider_IsRecognizedByAllOfItsMembers(string protocol, string table)
    {
        UsageProvider provider = BuiltInProviders.All.Single(known => known.Protocol == protocol);
        foreach (string line in table.Split('\n'))
        {
            string json = line.TrimStart('!');
            Assert.Equal((json, line == json), (json, IsRecognized(provider, json)));
            if (line == json)
            {
                Assert.All(GetReduced(json), reduced => Assert.False(IsRecognized(provider, reduced), reduced));
            }
        }
    }

    [Fact]
    public void EveryProvider_ThatHasRecognitionFields_HasAShape()
    {
        IEnumerable<string> tested = typeof(ProviderShapeTests).GetMethod(nameof(Document_OfAProvider_IsRecognizedByAllOfItsMembers))!
            .GetCustomAttributes(typeof(InlineDataAttribute), inherit: false).Cast<InlineDataAttribute>().Select(row => (string)row.Data[0]!);

        Assert.All(BuiltInProviders.All, provider => Assert.Equal(
            (provider.Protocol, provider.ResponseFields is not null), (provider.Protocol, tested.Contains(provider.Protocol))));
    }

    private static bool IsRecognized(UsageProvider provider, string json)
    {
        var reader = new ShapeReader(provider);
        using var decoder = new BodyDecoder(new UsageReport(reader), BodyHeaders.Of("application/json"));
        decoder.Append(Encoding.UTF8.GetBytes(json));
        decoder.Complete();
        return reader.IsRecognized;
    }

    /// <summary>Gets the document without each of its members, at any depth, and with null in place of each.</summary>
    private static IEnumerable<string> GetReduced(string json)
    {
        int count = GetObjects(JsonNode.Parse(json)!).Sum(item => item.Count);
        for (int i = 0; i < count * 2; i++)
        {
            JsonNode document = JsonNode.Parse(json)!;
            (JsonObject parent, string name) = GetObjects(document).SelectMany(item => item.Select(member => (item, member.Key))).ElementAt(i / 2);
            parent.Remove(name);
            if (i % 2 == 0)
            {
                parent[name] = null;
            }

            yield return document.ToJsonString();
        }
    }

    private static IEnumerable<JsonObject> GetObjects(JsonNode? node) => node switch
    {
        JsonObject item => item.SelectMany(member => GetObjects(member.Value)).Prepend(item),
        JsonArray list => list.SelectMany(GetObjects),
        _ => [],
    };

    private sealed class ShapeReader(UsageProvider provider) : UsageReader(provider.ResponseFields ?? new UsageFields())
    {
        public bool IsRecognized { get; private set; }

        public override void Read(UsageDocument document, UsageReport report) => IsRecognized |= provider.MatchesResponse(document);
    }
}
