using System.Diagnostics;
using UsageCapture.Benchmarks.Contenders;

namespace UsageCapture.Benchmarks.Loopback;

/// <summary>What the caller of a streamed response notices.</summary>
/// <param name="FirstByte">The time from the sending until the first byte was read.</param>
/// <param name="Whole">The time until the end was read.</param>
internal readonly record struct StreamedCall(TimeSpan FirstByte, TimeSpan Whole)
{
    /// <summary>Sends a request and reads the response to its end.</summary>
    public static async Task<StreamedCall> RunAsync(HttpClient client, Uri address, byte[] buffer)
    {
        long start = Stopwatch.GetTimestamp();
        using HttpRequestMessage request = ChatRequest.Create(address);
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using Stream body = await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync();
        await body.ReadAtLeastAsync(buffer, 1);
        TimeSpan firstByte = Stopwatch.GetElapsedTime(start);
        while (await body.ReadAsync(buffer) > 0)
        {
            // Only the bytes' passing by counts.
        }

        return new StreamedCall(firstByte, Stopwatch.GetElapsedTime(start));
    }
}
