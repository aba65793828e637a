using UsageCapture.Delivery;

namespace UsageCapture.Tests.Delivery;

public sealed class ContextFlowTests
{
    private static readonly AsyncLocal<string?> Tenant = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StartDetached_InAnyContext_ReturnsTheResultAndKeepsTheCallersContext(bool isSuppressed)
    {
        Tenant.Value = "acme";
        Task<string?> started = Start(isSuppressed);

        Assert.Null(await started);
        Assert.Equal("acme", Tenant.Value);
    }

    [Fact]
    public void StartDetached_OfAFunctionThatThrows_RestoresTheCallersContext()
    {
        Assert.Throws<InvalidOperationException>(() => ContextFlow.StartDetached<int>(() => throw new InvalidOperationException("Test.")));

        Assert.False(ExecutionContext.IsFlowSuppressed());
    }

    private static Task<string?> Start(bool isSuppressed)
    {
        AsyncFlowControl? suppression = isSuppressed ? ExecutionContext.SuppressFlow() : null;
        Task<string?> started = ContextFlow.StartDetached(() => Task.Run(() => Tenant.Value));
        Assert.Equal(isSuppressed, ExecutionContext.IsFlowSuppressed());
        suppression?.Undo();
        return started;
    }
}
