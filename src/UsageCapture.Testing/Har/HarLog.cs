namespace UsageCapture.Testing.Har;

/// <summary>The member <c>log</c> of an HTTP archive (HAR 1.2), which holds the whole content.</summary>
/// <param name="Entries">The requests with their responses, in the order of the archive; null if the file is not an archive.</param>
internal sealed record HarLog(IReadOnlyList<HarEntry>? Entries = null);
