namespace UsageCapture.Testing.Files;

/// <summary>One exchange of an archive.</summary>
internal sealed record HarEntry(HarRequest Request, HarResponse Response);
