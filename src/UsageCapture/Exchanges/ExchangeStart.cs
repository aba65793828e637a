using System.Buffers.Binary;
using System.Diagnostics;

using UsageCapture.Recognition;

namespace UsageCapture.Exchanges;

/// <summary>What is known of an exchange when its request is sent. It keeps nothing of the request itself, which may be disposed of.</summary>
internal sealed record ExchangeStart
{
    /// <summary>Gets the record's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Gets when the request was handed on.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Gets the same instant as a timestamp of the clock that measures durations.</summary>
    public required long StartTimestamp { get; init; }

    public required string ServerAddress { get; init; }

    public required int ServerPort { get; init; }

    /// <summary>Gets the API that is called; null until the response tells, where the address does not.</summary>
    public RecognizedApi? Api { get; init; }

    /// <summary>Gets the model that the body names; null when it names none.</summary>
    public string? RequestModel { get; init; }

    /// <summary>Gets whether the body asks for a stream.</summary>
    public bool Streaming { get; init; }

    /// <summary>Gets who asks for usage; null when the request is not for a stream, or its API is not asked.</summary>
    public UsageRequestState? UsageRequest { get; init; }

    /// <summary>Gets the span that was current; null when there was none.</summary>
    public Activity? Span { get; init; }

    /// <summary>Gets the tags, the scope and the call of the request; null when it has none of them.</summary>
    public Attribution? Attribution { get; init; }

    /// <summary>Starts an exchange now.</summary>
    /// <param name="address">The address of the request.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="api">The API that is called; null when the address does not tell.</param>
    /// <param name="requestModel">The model that the body names; null when it names none.</param>
    /// <param name="streaming">Whether the body asks for a stream.</param>
    /// <param name="usageRequest">Who asks for usage; null when the request is not for a stream, or its API is not asked.</param>
    /// <param name="attribution">The tags, the scope and the call of the request; null when it has none of them.</param>
    public static ExchangeStart Create(
        Uri address,
        TimeProvider timeProvider,
        RecognizedApi? api = null,
        string? requestModel = null,
        bool streaming = false,
        UsageRequestState? usageRequest = null,
        Attribution? attribution = null)
    {
        DateTimeOffset now = timeProvider.GetUtcNow();
        return new ExchangeStart
        {
            Id = NewId(now),
            StartedAt = now,
            StartTimestamp = timeProvider.GetTimestamp(),
            ServerAddress = address.Host,
            ServerPort = address.Port,
            Api = api,
            RequestModel = requestModel,
            Streaming = streaming,
            UsageRequest = usageRequest,
            Span = Activity.Current,
            Attribution = attribution,
        };
    }

    /// <summary>Makes a version 7 GUID, RFC 9562: 48 bits of time and 74 random bits.</summary>
    /// <remarks>It must be unique, not unguessable. So it does without the operating system's randomness, which takes a system call.</remarks>
    public static Guid NewId(DateTimeOffset now)
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(id, now.ToUnixTimeMilliseconds() << 16);
        Random.Shared.NextBytes(id[6..]);
        id[6] = (byte)(0x70 | (id[6] & 0x0F));
        id[8] = (byte)(0x80 | (id[8] & 0x3F));
        return new Guid(id, bigEndian: true);
    }
}
