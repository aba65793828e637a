namespace UsageCapture.Tests.Decoding;

/// <summary>A decoded message of an AWS event stream. Each byte is one Latin-1 character, so that any bytes can be compared as text.</summary>
internal sealed record DecodedMessage(
    string Payload,
    string MessageType = "",
    string ExceptionType = "",
    string ErrorCode = "",
    bool IsDamaged = false);
