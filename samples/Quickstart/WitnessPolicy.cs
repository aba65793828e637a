using System.ClientModel.Primitives;

namespace Quickstart;

/// <summary>Copies the bytes that an SDK client reads into a witness.</summary>
/// <remarks>It must be the last policy before the transport. The transport captures usage, so the policy sees the bytes after the capture.</remarks>
internal sealed class WitnessPolicy(ByteWitness witness) : PipelinePolicy
{
    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        ProcessNext(message, pipeline, currentIndex);
        Observe(message);
    }

    public override async ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        await ProcessNextAsync(message, pipeline, currentIndex);
        Observe(message);
    }

    private void Observe(PipelineMessage message)
    {
        PipelineResponse response = message.Response!;
        response.Headers.TryGetValue(ByteWitness.RequestIdHeader, out string? requestId);
        if (message.BufferResponse)
        {
            // The SDK has read a response that is not streamed into memory.
            witness.AddBody(requestId!, response.Content.ToMemory().Span);
        }
        else
        {
            response.ContentStream = witness.Observe(requestId!, response.ContentStream!);
        }
    }
}
