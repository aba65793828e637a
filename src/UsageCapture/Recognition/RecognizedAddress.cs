namespace UsageCapture.Recognition;

/// <summary>The result of <see cref="ProviderRegistry.Recognize"/> for the address of a request.</summary>
/// <param name="Api">The API that the request calls; null when no provider matches the address.</param>
/// <param name="IsIgnored">
/// Whether the exchange leaves no record, whatever its response looks like: the user excluded the path, or the call makes no model generate.
/// </param>
internal readonly record struct RecognizedAddress(RecognizedApi? Api, bool IsIgnored = false);
