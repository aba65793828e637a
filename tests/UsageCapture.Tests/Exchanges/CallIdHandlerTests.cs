using UsageCapture.Exchanges;

namespace UsageCapture.Tests.Exchanges;

public sealed class CallIdHandlerTests
{
    private static readonly Uri Address = new("https://api.example/v1/chat/completions");
    private static readonly byte[] Body = [1, 2, 3];

    private ExecutionContext? _flow; // Of the handlers of the client.
    private CallAttempts? _call;
    private CallAttempts? _copyBeforeTheResponse;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_WhenItsResponseHasArrived_IsOver(bool isAsync)
    {
        Assert.Null(await SendAsync(HttpMethod.Post, isAsync));

        Assert.NotNull(_call);
        Assert.Same(_call, _copyBeforeTheResponse);
        Assert.Same(_call, RunInFlow(() => CallAttempts.Current));
        Assert.Null(RunInFlow(FindCopy));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Request_ThatLetsNoModelGenerate_IsNoCall(bool isAsync)
    {
        await SendAsync(HttpMethod.Get, isAsync);

        Assert.Null(_call);
    }

    [Fact]
    public async Task Request_OfAnOuterCall_StaysAnAttemptAtIt()
    {
        var outer = new CallAttempts(Guid.CreateVersion7(DateTimeOffset.UnixEpoch), attemptCount: 0);

        await SendAsync(HttpMethod.Post, isAsync: true, outer);

        Assert.Same(outer, _call);
    }

    private static CallAttempts? FindCopy()
    {
        using var copy = new HttpRequestMessage(HttpMethod.Post, Address);
        return CallAttempts.Find(copy, Address, Body);
    }

    private CallAttempts? RunInFlow(Func<CallAttempts?> find)
    {
        CallAttempts? found = null;
        ExecutionContext.Run(_flow!, _ => found = find(), null);
        return found;
    }

    /// <summary>Sends a request, and returns the current call of the caller afterwards.</summary>
    private async Task<CallAttempts?> SendAsync(HttpMethod method, bool isAsync, CallAttempts? outer = null)
    {
        using var handler = new CallIdHandler(TimeProvider.System) { InnerHandler = new AnsweringHandler((request, _) => Task.FromResult(Answer(request))) };
        using var invoker = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(method, Address);
        outer?.MarkAsAttempt(request);
        using HttpResponseMessage response = isAsync ? await invoker.SendAsync(request, Token) : invoker.Send(request, Token);
        return CallAttempts.Current;
    }

    private HttpResponseMessage Answer(HttpRequestMessage request)
    {
        _flow = ExecutionContext.Capture();
        _call = CallAttempts.FromRequest(request);
        _call?.BeginAttempt(Address, Body);
        _copyBeforeTheResponse = FindCopy();
        return new HttpResponseMessage();
    }
}
