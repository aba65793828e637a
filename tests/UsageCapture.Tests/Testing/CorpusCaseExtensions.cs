using System.Text.Json;

using UsageCapture.Testing;

namespace UsageCapture.Tests.Testing;

internal static class CorpusCaseExtensions
{
    /// <summary>Gives a case of recorded traffic as a recording that answers every request.</summary>
    public static Recording ToRecording(this CorpusCase recorded)
    {
        using HttpRequestMessage request = recorded.CreateRequest();
        using HttpResponseMessage response = recorded.CreateResponse(Stream.Null);
        using var body = new MemoryStream();
        request.Content!.CopyTo(body, context: null, TestContext.Current.CancellationToken);
        return new Recording
        {
            Name = recorded.Id,
            Body = recorded.Body,
            Request = new RecordedRequest(request.RequestUri!, request.Method.Method, JsonElement.Parse(body.ToArray()), RequestMatch.Any),
            Response = new RecordedResponse((int)response.StatusCode, response.Headers.Concat(response.Content.Headers).ToDictionary(
                header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase)),
        };
    }
}
