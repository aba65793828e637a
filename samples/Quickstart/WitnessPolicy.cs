using System.ClientModel.Primitives;

namespace Quickstart;

/// <summary>Copies what an SDK client reads into a witness. As the last policy before the transport, it sees the bytes after the capture.</summary>
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
            witness.AddBody(requestId!, response.Content.ToMemory().Span);
        }
        else
        {
            response.ContentStream = witness.Observe(requestId!, response.ContentStream!);
        }
    }
}
