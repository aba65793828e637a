using UsageCapture.Testing;

namespace UsageCapture.Tests.Cutting;

/// <summary>Compares a compressed body with the plain one.</summary>
internal static class CompressedBody
{
    /// <summary>Asserts that a body in one gzip member and in two gives the record of the plain body, in every cut.</summary>
    public static async Task AssertSameAsync(Recording plain, int split, int maxLengthForEveryPlace, int randomCount)
    {
        CapturedExchange expected = await CapturedExchange.RunAsync(plain, Cuts.None);
        foreach (Recording compressed in (Recording[])[Gzip.Compress(plain), Gzip.Compress(plain, split)])
        {
            CutBody body = await CutBody.OpenAsync(compressed);
            string difference = body.Whole.RecordDifferenceFrom(expected);
            Assert.True(difference.Length == 0, $"'{compressed}' does not give the record of the plain body.{difference}");
            await body.AssertSameAsync(CutPlans.Of(compressed.Body.Length, maxLengthForEveryPlace, randomCount));
        }
    }
}
