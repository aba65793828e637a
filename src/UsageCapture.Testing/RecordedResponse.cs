namespace UsageCapture.Testing;

/// <summary>The head of a recorded response; its body stands in the file beside it.</summary>
/// <param name="Status">The HTTP status code; 200 where nothing else is said.</param>
/// <param name="Headers">The headers, of the response and of its content; null for none.</param>
public sealed record RecordedResponse(int Status = 200, IReadOnlyDictionary<string, string>? Headers = null);
