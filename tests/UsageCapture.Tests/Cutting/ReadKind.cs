namespace UsageCapture.Tests.Cutting;

/// <summary>How the caller reads the body.</summary>
public enum ReadKind
{
    /// <summary>By <see cref="Stream.ReadAsync(Memory{byte}, CancellationToken)"/> until it returns zero.</summary>
    ReadAsync,

    /// <summary>By <see cref="Stream.Read(Span{byte})"/> until it returns zero.</summary>
    Read,

    /// <summary>By <see cref="Stream.CopyToAsync(Stream)"/>.</summary>
    StreamCopyToAsync,

    /// <summary>By <see cref="HttpContent.CopyToAsync(Stream)"/>.</summary>
    ContentCopyToAsync,

    /// <summary>By <see cref="HttpContent.CopyTo(Stream, System.Net.TransportContext?, CancellationToken)"/>.</summary>
    ContentCopyTo,

    /// <summary>By <see cref="HttpContent.ReadAsByteArrayAsync()"/>.</summary>
    ReadAsByteArrayAsync,
}
