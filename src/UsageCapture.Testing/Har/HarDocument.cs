namespace UsageCapture.Testing.Har;

/// <summary>The root of an HTTP archive (HAR 1.2). Only the members that a recording needs are read.</summary>
internal sealed record HarDocument(HarLog? Log = null);
