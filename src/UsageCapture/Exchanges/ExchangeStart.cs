using System.Buffers.Binary;
using System.Diagnostics;

using UsageCapture.Recognition;

namespace UsageCapture.Exchanges;

/// <summary>The facts about an exchange that are known when its request is sent. It does not keep the request, which the caller may dispose.</summary>
internal sealed record ExchangeStart
{
    /// <summary>Gets the id of the record.</summary>
    public required Guid Id { get; init; }

    /// <summary>Gets the time at which the handler sent the request, in UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Gets <see cref="StartedAt"/> as a timestamp of <see cref="TimeProvider.GetTimestamp"/>, from which durations are measured.</summary>
    public required long StartTimestamp { get; init; }

    /// <summary>Gets the host name of the request's address.</summary>
    public required string ServerAddress { get; init; }

    /// <summary>Gets the port of the request's address.</summary>
    public required int ServerPort { get; init; }

    /// <summary>Gets the API that is called; null while it is unknown, because only the response can tell it.</summary>
    public RecognizedApi? Api { get; init; }

    /// <summary>Gets the model in the request's body; null when it names none.</summary>
    public string? RequestModel { get; init; }

    /// <summary>Gets the service tier that the request's body asks for; null when it asks for none.</summary>
    public string? RequestedServiceTier { get; init; }

    /// <summary>Gets whether the request asks for a stream.</summary>
    public bool AsksForStream { get; init; }

    /// <summary>Gets whether the request's body could not be read, for example because it is too long, so that it is unknown what it asks for.</summary>
    public bool RequestBodyIsUnknown { get; init; }

    /// <summary>Gets who asked for usage in the stream, the caller or the handler.</summary>
    /// <value>Null when the request is not known to be for a stream, or the API has no such option.</value>
    public UsageRequestState? UsageRequest { get; init; }

    /// <summary>Gets the tracing span that was current when the request was sent; null when there was none.</summary>
    public Activity? TracingSpan { get; init; }

    /// <summary>Gets the tags and the scope of the request, and the call that it is an attempt of; null when it has none of them.</summary>
    public Attribution? Attribution { get; init; }

    /// <summary>Creates the start of an exchange whose request is sent now.</summary>
    /// <param name="address">The address of the request.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="api">See <see cref="Api"/>.</param>
    /// <param name="requestModel">See <see cref="RequestModel"/>.</param>
    /// <param name="asksForStream">See <see cref="AsksForStream"/>.</param>
    /// <param name="usageRequest">See <see cref="UsageRequest"/>.</param>
    /// <param name="attribution">See <see cref="Attribution"/>.</param>
    /// <param name="requestedServiceTier">See <see cref="RequestedServiceTier"/>.</param>
    /// <param name="requestBodyIsUnknown">See <see cref="RequestBodyIsUnknown"/>.</param>
    public static ExchangeStart Create(
        Uri address,
        TimeProvider timeProvider,
        RecognizedApi? api = null,
        string? requestModel = null,
        bool asksForStream = false,
        UsageRequestState? usageRequest = null,
        Attribution? attribution = null,
        string? requestedServiceTier = null,
        bool requestBodyIsUnknown = false)
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
            AsksForStream = asksForStream,
            UsageRequest = usageRequest,
            RequestedServiceTier = requestedServiceTier,
            RequestBodyIsUnknown = requestBodyIsUnknown,
            TracingSpan = Activity.Current,
            Attribution = attribution,
        };
    }

    /// <summary>Creates a version 7 GUID (RFC 9562): 48 bits for the time in milliseconds, then the version, the variant and 74 random bits.</summary>
    /// <remarks>
    /// The id must be unique, but may be guessable. So it does not use <see cref="Guid.CreateVersion7()"/>, which makes a system call for
    /// its random bits.
    /// </remarks>
    public static Guid NewId(DateTimeOffset now)
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(id, now.ToUnixTimeMilliseconds() << 16); // The lower 16 bits are overwritten.
        Random.Shared.NextBytes(id[6..]);
        id[6] = (byte)(0x70 | (id[6] & 0x0F)); // The version, 7, in the upper four bits.
        id[8] = (byte)(0x80 | (id[8] & 0x3F)); // The variant, binary 10, in the upper two bits.
        return new Guid(id, bigEndian: true);
    }
}
