namespace UsageCapture.Providers;

/// <summary>What the responses of OpenAI's APIs have in common: their usage object, their errors, and a <c>[DONE]</c> behind streams.</summary>
/// <param name="fields">What to look at.</param>
internal abstract class OpenAIReader(UsageFields fields) : UsageReader(fields, Done)
{
    private static readonly byte[] Done = "[DONE]"u8.ToArray();

    /// <summary>Takes a usage object, in place of the one before.</summary>
    /// <param name="json">What stands under the name of usage; empty when the document has none.</param>
    /// <param name="isFinal">Whether nothing more was to be generated.</param>
    /// <param name="serverToolRequests">The requests to the server's own tools that stand beside the object; null when none do.</param>
    /// <returns>Whether there were counts in it.</returns>
    protected bool TakeUsage(ReadOnlySpan<byte> json, bool isFinal, long? serverToolRequests = null)
    {
        if (!OpenAIUsage.TryRead(json, out TokenUsage usage, out UsageAnomalies anomalies))
        {
            Flag(anomalies);
            return false;
        }

        Flag(Usage is not null && !UsageIsAllZero ? UsageAnomalies.UsageRepeated : UsageAnomalies.None);
        usage = usage with { ServerToolRequests = usage.ServerToolRequests ?? serverToolRequests };
        TakeUsage(usage, json, isFinal, anomalies);
        TakeServiceTier(OpenAIUsage.ServiceTierOf(json));
        return true;
    }

    /// <summary>Takes what stands under the name of error; of a text only that there is one, and what stands beside it.</summary>
    /// <returns>Whether there is an error.</returns>
    protected bool TakeError(
        ReadOnlySpan<byte> error, ReadOnlySpan<byte> code, ReadOnlySpan<byte> type = default, ReadOnlySpan<byte> parameter = default)
    {
        if (error is [] or [(byte)'n', ..] or [(byte)'"', (byte)'"'])
        {
            return false;
        }

        TakeError(error[0] == (byte)'{' ? ErrorObject.Read(error) : ErrorObject.Of(code, type, parameter));
        return true;
    }
}
