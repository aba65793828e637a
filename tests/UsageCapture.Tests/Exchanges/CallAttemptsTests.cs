using UsageCapture.Exchanges;

namespace UsageCapture.Tests.Exchanges;

/// <summary>Which requests are attempts at one call, and how they are numbered.</summary>
public sealed class CallAttemptsTests : IDisposable
{
    private static readonly Uri Address = new("https://api.example/v1/chat/completions");
    private static readonly byte[] Body = [1, 2, 3];

    private readonly CallAttempts _call = new(Guid.CreateVersion7(DateTimeOffset.UnixEpoch), attemptCount: 0);
    private readonly HttpRequestMessage _copy = new(HttpMethod.Post, Address);

    public CallAttemptsTests()
    {
        using var request = new HttpRequestMessage();
        _call.MarkAsAttempt(request); // Without any mark in the process, no copy is looked for.
        CallAttempts.Current = _call;
    }

    public void Dispose()
    {
        CallAttempts.Current = null;
        _copy.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Attempts_OfACall_AreNumberedFromTheOnesBefore(int before)
    {
        var call = new CallAttempts(Guid.CreateVersion7(DateTimeOffset.UnixEpoch), before);

        Assert.Equal((before + 1, before + 2), (call.BeginAttempt(Address, body: null), call.BeginAttempt(Address, Body)));
    }

    [Fact]
    public void MarkedRequest_IsAnAttemptAtItsCall_WhateverItsBody()
    {
        var other = new CallAttempts(Guid.CreateVersion7(DateTimeOffset.UnixEpoch), attemptCount: 0);
        other.MarkAsAttempt(_copy);
        _call.BeginAttempt(Address, Body);

        Assert.Same(other, CallAttempts.Find(_copy, Address, body: null));
        Assert.Same(other, CallAttempts.Find(_copy, Address, Body));
    }

    [Fact]
    public void UnmarkedRequest_LikeTheFirstAttempt_IsACopyOfIt()
    {
        _call.BeginAttempt(Address, Body);
        _call.BeginAttempt(Address, new byte[] { 9 }); // The first attempt is the one that is copied.

        Assert.Same(_call, CallAttempts.Find(_copy, new Uri(Address.AbsoluteUri), Body.ToArray()));
    }

    [Theory]
    [InlineData("https://api.example/v1/chat/completions?a", new byte[] { 1, 2, 3 })]
    [InlineData("https://api.example/v1/chat/completions", new byte[] { 1, 2, 4 })]
    [InlineData("https://api.example/v1/chat/completions", new byte[] { 1, 2 })]
    [InlineData("https://api.example/v1/chat/completions", null)]
    public void UnmarkedRequest_WithAnotherAddressOrBody_IsNoCopy(string address, byte[]? body)
    {
        _call.BeginAttempt(Address, Body);

        Assert.Null(CallAttempts.Find(_copy, new Uri(address), body is null ? null : (ReadOnlyMemory<byte>?)body));
    }

    [Fact]
    public void UnmarkedRequest_BeforeTheFirstAttempt_IsNoCopy() => Assert.Null(CallAttempts.Find(_copy, Address, Body));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void UnmarkedRequest_WhenTheCallHasEnded_IsNoCopy(bool attemptIsFirst)
    {
        if (attemptIsFirst)
        {
            _call.BeginAttempt(Address, Body);
        }

        _call.End();
        if (!attemptIsFirst)
        {
            _call.BeginAttempt(Address, Body); // A hedge that begins late.
        }

        Assert.Null(CallAttempts.Find(_copy, Address, Body));
    }

    [Fact]
    public void UnmarkedRequest_OutsideTheFlowOfTheCall_IsNoCopy()
    {
        CallAttempts.Current = null;
        _call.BeginAttempt(Address, Body);
        CallAttempts.Current = _call;
        Assert.Null(CallAttempts.Find(_copy, Address, Body));

        _call.BeginAttempt(Address, Body);
        CallAttempts.Current = null;
        Assert.Null(CallAttempts.Find(_copy, Address, Body));
    }
}
