namespace UsageCapture.Testing.Har;

/// <summary>One request of an HTTP archive, with its response. An entry without one of them is not valid, so the file is rejected.</summary>
internal sealed record HarEntry(HarRequest Request, HarResponse Response);
