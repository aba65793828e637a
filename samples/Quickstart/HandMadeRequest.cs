using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Quickstart;

/// <summary>A streamed chat request without an SDK, to an Azure address with a dated API version.</summary>
internal static class HandMadeRequest
{
    /// <summary>Creates the request. It has no <c>stream_options</c>, so it does not ask for usage.</summary>
    public static HttpRequestMessage Create(Uri server, string instructions, string question)
    {
        var address = new Uri(server, "/openai/deployments/support-desk/chat/completions?api-version=2024-10-21");
        var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = JsonContent.Create(new
            {
                messages = new[] { new { role = "system", content = instructions }, new { role = "user", content = question } },
                stream = true,
            }),
        };
        request.Headers.Add("api-key", "no key is needed here");
        return request;
    }

    /// <summary>Reads the parts of the answer as they arrive, up to <c>[DONE]</c>.</summary>
    public static async IAsyncEnumerable<string> ReadAnswerAsync(Stream body)
    {
        await foreach (SseItem<string> item in SseParser.Create(body).EnumerateAsync())
        {
            if (item.Data == "[DONE]")
            {
                yield break;
            }

            // Two of Azure's events have no choices: the first with the content filter results, and the last with the usage.
            using JsonDocument chunk = JsonDocument.Parse(item.Data);
            foreach (JsonElement choice in chunk.RootElement.GetProperty("choices").EnumerateArray())
            {
                if (choice.GetProperty("delta").TryGetProperty("content", out JsonElement content))
                {
                    yield return content.GetString() ?? "";
                }
            }
        }
    }
}
