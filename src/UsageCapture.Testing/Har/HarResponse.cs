namespace UsageCapture.Testing.Har;

/// <summary>A response in an HTTP archive.</summary>
/// <param name="Status">The HTTP status code; 0 if no response was received.</param>
/// <param name="Content">The body.</param>
/// <param name="Headers">The headers; null if there are none.</param>
internal sealed record HarResponse(int Status, HarContent Content, IReadOnlyList<HarHeader>? Headers = null);
