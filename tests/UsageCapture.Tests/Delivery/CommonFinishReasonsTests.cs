using UsageCapture.Delivery;

namespace UsageCapture.Tests.Delivery;

public sealed class CommonFinishReasonsTests
{
    [Theory]
    [InlineData("stop", true)]
    [InlineData("tool_calls", true)]
    [InlineData("length", true)]
    [InlineData("completed", true)]
    [InlineData("end_turn", true)]
    [InlineData("tool_use", true)]
    [InlineData("max_tokens", true)]
    [InlineData("STOP", true)]
    [InlineData("Stop", false)]
    [InlineData("content_filter", false)]
    public void GetList_OfAReason_HasItAndIsSharedForACommonReason(string reason, bool isShared)
    {
        ValueList<string> list = CommonFinishReasons.GetList(reason);

        Assert.Equal([reason], list);
        Assert.Equal(isShared, ReferenceEquals(list, CommonFinishReasons.GetList(reason)));
    }
}
