namespace UsageCapture.Testing.Files;

/// <summary>An HTTP archive, as far as it is read here.</summary>
internal sealed record HarFile(HarLog? Log = null);
