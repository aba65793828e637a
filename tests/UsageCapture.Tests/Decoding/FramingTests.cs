using System.Text;

using UsageCapture.Decoding;
using UsageCapture.Providers;

namespace UsageCapture.Tests.Decoding;

/// <summary>The ways in which a body may hold documents, wherever it is cut.</summary>
public sealed class FramingTests
{
    private const string First = """{"id":"a","usage":{"prompt_tokens":1,"completion_tokens":0}}""";
    private const string Second = """{"id":"a","text":"]}\n,[{","usage":{"prompt_tokens":7,"completion_tokens":3}}""";

    [Theory]
    [InlineData("application/x-ndjson", First + "\n" + Second + "\n", UsageAnomalies.UsageRepeated)]
    [InlineData("application/x-ndjson", First + "\r\n\r\n\n" + Second, UsageAnomalies.UsageRepeated)]
    [InlineData("application/x-ndjson", First + "\n{\"broken\":\n" + Second, UsageAnomalies.UsageRepeated | UsageAnomalies.UndecodableEvent)]
    [InlineData("application/json", "[" + First + ",\r\n" + Second + "]", UsageAnomalies.UsageRepeated)]
    [InlineData("application/json", "\n[\n" + First + "\n,\n" + Second + "\n]\n", UsageAnomalies.UsageRepeated)]
    [InlineData("application/json", "[" + First + "," + Second, UsageAnomalies.UsageRepeated)]
    [InlineData("application/json", Second, UsageAnomalies.None)]
    [InlineData(null, "\uFEFF \n" + Second, UsageAnomalies.None)]
    [InlineData("text/plain", "data: " + First + "\n\ndata: " + Second + "\n\ndata: [DONE]\n\n", UsageAnomalies.UsageRepeated)]
    public void Body_CutAtAnyByte_IsReadToItsLastUsage(string? mediaType, string body, UsageAnomalies anomalies)
    {
        for (int length = 1; length <= body.Length; length++)
        {
            ChatCompletionsReader reader = Read(mediaType, body, length);

            Assert.Equal((7, 3), (reader.Usage?.InputTokens, reader.Usage?.OutputTokens));
            Assert.Equal(anomalies, reader.Anomalies);
        }
    }

    [Theory]
    [InlineData("", UsageAnomalies.UnrecognizedBody)]
    [InlineData(" \n", UsageAnomalies.UnrecognizedBody)]
    [InlineData("<html>", UsageAnomalies.UnrecognizedBody)]
    [InlineData("{\"usage\":{\"prompt_tokens\":7", UsageAnomalies.UndecodableEvent)]
    [InlineData("[", UsageAnomalies.UndecodableEvent)]
    [InlineData("[7]", UsageAnomalies.UndecodableEvent)]
    public void Body_ThatHoldsNoDocument_SaysWhy(string body, UsageAnomalies anomaly)
    {
        ChatCompletionsReader reader = Read("application/json", body, Math.Max(1, body.Length));

        Assert.Null(reader.Usage);
        Assert.Equal(anomaly, reader.Anomalies);
    }

    private static ChatCompletionsReader Read(string? mediaType, string body, int length)
    {
        var reader = new ChatCompletionsReader();
        using var decoder = new BodyDecoder(reader, mediaType, []);
        foreach (byte[] piece in Encoding.UTF8.GetBytes(body).Chunk(length))
        {
            decoder.Append(piece);
        }

        decoder.Complete();
        return reader;
    }
}
