namespace UsageCapture.Requests;

/// <summary>One change to a body: at an offset, so many bytes make way for others. Everything around it stays as it was.</summary>
/// <param name="Offset">Where the change begins.</param>
/// <param name="Removed">How many bytes are left out there.</param>
/// <param name="Inserted">What is put in their place.</param>
internal readonly record struct Splice(int Offset, int Removed, ReadOnlyMemory<byte> Inserted);
