using System.Buffers.Binary;
using System.Diagnostics;

using UsageCapture.Recognition;
using UsageCapture.Requests;

namespace UsageCapture.Exchanges;

/// <summary>What is known of an exchange when its request is sent. Nothing of the request itself is kept: it may be disposed.</summary>
/// <param name="Id">The record's identity.</param>
/// <param name="StartedAt">When the request was handed on.</param>
/// <param name="StartTimestamp">The same on the clock that durations are measured with.</param>
/// <param name="ServerAddress">The host.</param>
/// <param name="ServerPort">The port.</param>
/// <param name="Protocol">The wire format.</param>
/// <param name="Endpoint">What the address says.</param>
/// <param name="RequestModel">The model that the body names; null when it names none.</param>
/// <param name="Streaming">Whether the body asks for a stream.</param>
/// <param name="UsageRequest">Who asks for usage; null when the request is not for a stream.</param>
/// <param name="Span">The span that was current; null when there was none.</param>
/// <param name="Attribution">On whose behalf it is made; null where nobody said.</param>
internal sealed record ExchangeStart(
    Guid Id,
    DateTimeOffset StartedAt,
    long StartTimestamp,
    string ServerAddress,
    int ServerPort,
    string Protocol,
    UsageEndpoint Endpoint,
    string? RequestModel,
    bool Streaming,
    UsageRequestState? UsageRequest,
    Activity? Span,
    Attribution? Attribution)
{
    public static ExchangeStart Start(Uri address, Call call, RequestBody request, Attribution? attribution, TimeProvider timeProvider)
    {
        DateTimeOffset now = timeProvider.GetUtcNow();
        return new ExchangeStart(
            NewId(now),
            now,
            timeProvider.GetTimestamp(),
            address.Host,
            address.Port,
            call.Protocol,
            call.Endpoint,
            request.Model,
            request.Streaming,
            request.UsageRequest,
            Activity.Current,
            attribution);
    }

    /// <summary>Makes a version 7 GUID, RFC 9562: 48 bits of time and 74 random ones.</summary>
    /// <remarks>It has to be unique, not unguessable, so it does without the operating system's randomness, which takes a call into it.</remarks>
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
