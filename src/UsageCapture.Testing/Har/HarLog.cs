namespace UsageCapture.Testing.Har;

/// <summary>The content of an HTTP archive.</summary>
/// <param name="Entries">The requests with their responses, in the order of the archive; null if the file is not an archive.</param>
internal sealed record HarLog(IReadOnlyList<HarEntry>? Entries = null);
