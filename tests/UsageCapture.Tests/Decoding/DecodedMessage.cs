namespace UsageCapture.Tests.Decoding;

/// <summary>A message of an AWS event stream, as it was read. Every byte of it is a character, so that any bytes can be compared as text.</summary>
internal sealed record DecodedMessage(
    string Payload,
    string MessageType = "",
    string EventType = "",
    string ExceptionType = "",
    string ErrorCode = "",
    bool IsDamaged = false);
