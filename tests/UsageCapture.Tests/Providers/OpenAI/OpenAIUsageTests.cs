using UsageCapture.Providers;

namespace UsageCapture.Tests.Providers.OpenAI;

public sealed class OpenAIUsageTests
{
    [Fact]
    public void Usage_OfRealtime_HasItsCachedAudioAndImages()
    {
        TokenUsage usage = OpenAIUsage.Read(
            """
            {"total_tokens":90,"input_tokens":70,"output_tokens":20,
             "input_token_details":{"text_tokens":20,"audio_tokens":40,"image_tokens":10,"cached_tokens":33,
               "cached_tokens_details":{"text_tokens":10,"audio_tokens":18,"image_tokens":5}},
             "output_token_details":{"text_tokens":6,"audio_tokens":14}}
            """u8).Usage!.Value;

        Assert.Equal(
            new TokenUsage
            {
                InputTokens = 70,
                InputAudioTokens = 40,
                InputImageTokens = 10,
                CachedInputTokens = 33,
                CachedInputAudioTokens = 18,
                CachedInputImageTokens = 5,
                OutputTokens = 20,
                OutputAudioTokens = 14,
                TotalTokens = 90,
            },
            usage);
    }
}
