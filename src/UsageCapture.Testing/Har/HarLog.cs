namespace UsageCapture.Testing.Har;

/// <summary>The list of requests in an HTTP archive. <paramref name="Entries"/> is null if the file is not an archive.</summary>
internal sealed record HarLog(IReadOnlyList<HarEntry>? Entries = null);
