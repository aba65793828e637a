namespace UsageCapture.Testing.Har;

/// <summary>One request of an HTTP archive, with its response.</summary>
internal sealed record HarEntry(HarRequest Request, HarResponse Response);
