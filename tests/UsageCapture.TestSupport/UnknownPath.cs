using UsageCapture.Testing;

namespace UsageCapture.TestSupport;

/// <summary>An address that belongs to no known API, so that the response must tell the protocol.</summary>
internal static class UnknownPath
{
    private static readonly Uri Address = new("https://gateway.example/llm/generate");

    public static Recording Of(Recording recording) => recording with
    {
        Name = recording.Name + ", at an unknown path",
        Request = recording.Request with { Url = Address },
    };
}
