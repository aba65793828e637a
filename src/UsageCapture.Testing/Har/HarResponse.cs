namespace UsageCapture.Testing.Har;

/// <summary>A response in an HTTP archive.</summary>
internal sealed record HarResponse(int Status, HarContent Content, IReadOnlyList<HarHeader>? Headers = null);
