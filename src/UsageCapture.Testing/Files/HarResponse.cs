namespace UsageCapture.Testing.Files;

/// <summary>A response of an archive.</summary>
internal sealed record HarResponse(int Status, HarContent Content, IReadOnlyList<HarHeader>? Headers = null);
