using System.Diagnostics;

using UsageCapture.Exchanges;

namespace UsageCapture.Tests.Exchanges;

public sealed class ExchangeStartTests
{
    [Theory]
    [InlineData("1970-01-01T00:00:00Z")]
    [InlineData("2026-11-01T12:34:56.789Z")]
    [InlineData("9999-12-31T23:59:59.999Z")]
    public void NewId_AtATime_IsAVersion7GuidOfThatMillisecond(string time)
    {
        DateTimeOffset now = DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture);

        Guid id = ExchangeStart.NewId(now);

        long milliseconds = Convert.ToInt64(id.ToString("N")[..12], 16);
        Assert.Equal((now.ToUnixTimeMilliseconds(), 7), (milliseconds, id.Version));
        Assert.InRange(id.Variant, 0x8, 0xB);
    }

    // A bit that was not random would be the same in all ids, or the version and the variant would not be.
    [Fact]
    public void NewId_OfOneMillisecond_DiffersInAll74RandomBits()
    {
        UInt128 always = UInt128.MaxValue;
        UInt128 ever = UInt128.Zero;
        for (int i = 0; i < 1000; i++)
        {
            UInt128 id = UInt128.Parse(ExchangeStart.NewId(DateTimeOffset.UnixEpoch).ToString("N"), System.Globalization.NumberStyles.HexNumber, null);
            always &= id;
            ever |= id;
        }

        Assert.Equal("00000000000070008000000000000000", always.ToString("x32", null));
        Assert.Equal("0000000000007fffbfffffffffffffff", ever.ToString("x32", null));
    }

    [Fact]
    public void Create_OfARequest_HasItsTimeItsServerAndTheCurrentSpan()
    {
        var clock = new ManualTimeProvider();
        clock.Advance(TimeSpan.FromMilliseconds(1234));
        using Activity span = new Activity("call").Start();

        var start = ExchangeStart.Create(new Uri("https://api.example:8443/v1?a=b"), clock);

        Assert.Equal((clock.GetUtcNow(), clock.GetTimestamp(), "api.example", 8443), (start.StartedAt, start.StartTimestamp, start.ServerAddress, start.ServerPort));
        Assert.Same(span, start.TracingSpan);
    }
}
