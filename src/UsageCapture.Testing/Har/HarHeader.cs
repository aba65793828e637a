namespace UsageCapture.Testing.Har;

/// <summary>One header of a request or response in an HTTP archive.</summary>
internal sealed record HarHeader(string Name, string Value);
