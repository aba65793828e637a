using System.ClientModel.Primitives;

namespace Quickstart;

/// <summary>Shows what an SDK client reads to a witness. It stands between the SDK and its transport, so above the capture.</summary>
internal sealed class WitnessPolicy(ByteWitness witness) : PipelinePolicy
{
    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        ProcessNext(message, pipeline, currentIndex);
        Watch(message);
    }

    public override async ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        await ProcessNextAsync(message, pipeline, currentIndex);
        Watch(message);
    }

    private void Watch(PipelineMessage message)
    {
        PipelineResponse response = message.Response!;
        response.Headers.TryGetValue(ByteWitness.RequestIdHeader, out string? requestId);
        if (message.BufferResponse)
        {
            witness.Keep(requestId!, response.Content.ToMemory().Span);
        }
        else
        {
            response.ContentStream = witness.Watch(requestId!, response.ContentStream!);
        }
    }
}
