namespace UsageCapture.Tests.Decoding.EventStream;

/// <summary>A decoded message of an AWS event stream. Each byte is one character, so that any bytes can be compared.</summary>
internal sealed record DecodedMessage(
    string Payload,
    string MessageType = "",
    string ExceptionType = "",
    string ErrorCode = "",
    bool IsDamaged = false);
