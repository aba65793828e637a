namespace UsageCapture.Testing.Har;

/// <summary>The root of an HTTP archive (HAR 1.2). Only the members that a recording needs are read.</summary>
/// <param name="Log">The content of the archive; null if the file is not an archive, and <see cref="HarArchive"/> rejects it.</param>
internal sealed record HarDocument(HarLog? Log = null);
