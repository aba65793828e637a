namespace UsageCapture.Testing.Files;

/// <summary>The list of an archive.</summary>
internal sealed record HarLog(IReadOnlyList<HarEntry>? Entries = null);
