namespace UsageCapture.Testing.Files;

/// <summary>A header of an archive.</summary>
internal sealed record HarHeader(string Name, string Value);
