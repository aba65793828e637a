using System.Text.Json;

using UsageCapture.Testing;

namespace UsageCapture.Tests.Cutting;

/// <summary>A response body that must give the same record and the same bytes in every cut.</summary>
/// <remarks><see cref="OpenAsync"/> reads the body in one piece; <see cref="AssertSameAsync"/> compares each cut with that.</remarks>
internal sealed class CutBody
{
    private static readonly JsonElement AskedRequest = JsonElement.Parse("""{"model":"m","stream":true}""");

    private readonly Recording _recording;
    private readonly InjectedUsageMode _injectedUsage;

    private CutBody(Recording recording, InjectedUsageMode injectedUsage, CapturedExchange whole)
    {
        _recording = recording;
        _injectedUsage = injectedUsage;
        Whole = whole;
    }

    /// <summary>Gets the result of the body in one piece.</summary>
    public CapturedExchange Whole { get; }

    /// <summary>Reads a body in one piece. The caller gets the bytes of the recording unless usage is hidden.</summary>
    public static async Task<CutBody> OpenAsync(Recording recording, InjectedUsageMode injectedUsage = InjectedUsageMode.Forward)
    {
        CapturedExchange whole = await CapturedExchange.RunAsync(recording, Cuts.None, injectedUsage);
        if (injectedUsage == InjectedUsageMode.Forward && !whole.Body.AsSpan().SequenceEqual(recording.Body.Span))
        {
            Assert.Fail($"The caller of '{recording}' does not read the bytes that were sent.");
        }

        return new CutBody(recording, injectedUsage, whole);
    }

    /// <summary>Reads a body in one piece with a request that the handler changes, and with the event of usage hidden.</summary>
    /// <returns>Null when the handler does not change the request, so that nothing is hidden.</returns>
    public static async Task<CutBody?> OpenHiddenAsync(Recording recording)
    {
        Recording asked = recording with { Request = recording.Request with { Body = AskedRequest } };
        CutBody body = await OpenAsync(asked, InjectedUsageMode.Hide);
        return body.Whole.Record.Contains("\"asked_by_handler\"", StringComparison.Ordinal) ? body : null;
    }

    public Task AssertSameAsync(params IEnumerable<Cuts> cuts) => AssertSameAsync(ReadKind.ReadAsync, cuts);

    public async Task AssertSameAsync(ReadKind kind, params IEnumerable<Cuts> cuts)
    {
        (Cuts Cuts, string Difference)? first = null;
        int tried = 0;
        int different = 0;
        foreach (Cuts one in cuts)
        {
            tried++;
            CapturedExchange exchange = await CapturedExchange.RunAsync(_recording, one, _injectedUsage, kind);
            if (exchange.DifferenceFrom(Whole) is { } difference)
            {
                different++;
                first ??= (one, difference);
            }
        }

        if (first is { } shown)
        {
            Assert.Fail(
                $"'{_recording}' ({_recording.Body.Length} bytes, {_injectedUsage}, {kind}) differs from the whole body in {different} of {tried} cuts. "
                + $"First: {shown.Cuts}{shown.Difference}");
        }
    }
}
