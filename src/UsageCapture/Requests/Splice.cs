namespace UsageCapture.Requests;

/// <summary>One change to a body. Every byte around it stays.</summary>
/// <param name="Offset">Where the change begins.</param>
/// <param name="RemovedLength">The number of bytes that are left out at the offset.</param>
/// <param name="Inserted">The bytes that take their place.</param>
internal readonly record struct Splice(int Offset, int RemovedLength, ReadOnlyMemory<byte> Inserted);
