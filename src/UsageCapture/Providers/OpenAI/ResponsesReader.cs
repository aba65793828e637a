using UsageCapture.Decoding;

namespace UsageCapture.Providers;

/// <summary>Reads usage out of OpenAI responses: the body, or the event that ends the stream and repeats all of it.</summary>
/// <remarks>
/// The finish reason is the response's status, once it is a last one: <c>completed</c>, <c>incomplete</c>, <c>failed</c>,
/// <c>cancelled</c>. Images that the hosted tool made are not in <c>usage</c>: they are listed as an iteration outside it.
/// </remarks>
internal sealed class ResponsesReader() : OpenAIReader(Document)
{
    private static readonly UsageFields Document = new(JsonShape.Object(
        [
            .. Members(Slot.InBody),
            ("type", JsonShape.Text(Slot.Type)),
            ("code", JsonShape.Text(Slot.ErrorCode)),
            ("param", JsonShape.Text(Slot.ErrorParameter)),
            ("response", JsonShape.Object(Slot.Response, Members(Slot.InEvent))),
        ]));

    protected override void Read(UsageDocument document)
    {
        JsonCaptures captures = document.Captures;
        ReadOnlySpan<byte> type = captures.Last(Slot.Type);
        if (captures.Has(Slot.Response))
        {
            ReadResponse(captures, Slot.InEvent, type);
        }
        else if (JsonValue.TextEquals(type, "error"))
        {
            // As specified the error's members stand in the event; some send them in an object of their own.
            ReadOnlySpan<byte> error = captures.Last(Slot.InBody + Slot.Error);
            TakeError(error is [(byte)'{', ..] ? ErrorObject.Read(error) : ErrorObject.Of(
                captures.Last(Slot.ErrorCode), type, captures.Last(Slot.ErrorParameter)));
        }
        else if (!type.StartsWith("\"response."u8)) // Those are events about parts of it.
        {
            ReadResponse(captures, Slot.InBody, type);
        }
    }

    private static (string Name, JsonShape Value)[] Members(int at) =>
    [
        ("id", JsonShape.Text(at + Slot.Id)),
        ("model", JsonShape.Text(at + Slot.Model)),
        ("status", JsonShape.Text(at + Slot.Status)),
        ("service_tier", JsonShape.Text(at + Slot.ServiceTier)),
        ("error", JsonShape.Text(at + Slot.Error)),
        ("usage", JsonShape.Text(at + Slot.Usage)),
        ("tool_usage", JsonShape.Object(
            ("image_gen", JsonShape.Text(at + Slot.ImageUsage)),
            ("web_search", JsonShape.Object(("num_requests", JsonShape.Text(at + Slot.Searches)))))),
    ];

    private static bool IsLast(ReadOnlySpan<byte> type) =>
        JsonValue.TextEquals(type, "response.completed") || JsonValue.TextEquals(type, "response.incomplete")
        || JsonValue.TextEquals(type, "response.failed") || JsonValue.TextEquals(type, "response.cancelled")
        || JsonValue.TextEquals(type, "response.done"); // Proxies before ChatGPT's own endpoint (router-for-me/CLIProxyAPI).

    /// <summary>Reads what a response says, which is the body or a member of an event.</summary>
    private void ReadResponse(JsonCaptures captures, int at, ReadOnlySpan<byte> type)
    {
        TakeResponseId(captures.Last(at + Slot.Id));
        TakeResponseModel(captures.Last(at + Slot.Model));
        TakeServiceTier(captures.Last(at + Slot.ServiceTier));

        ReadOnlySpan<byte> status = captures.Last(at + Slot.Status);
        bool isUnderWay = JsonValue.TextEquals(status, "queued") || JsonValue.TextEquals(status, "in_progress");
        bool isDone = !isUnderWay && JsonValue.HasText(status);
        if (isDone)
        {
            TakeFinishReason(status);
        }

        bool isError = TakeError(captures.Last(at + Slot.Error), captures.Last(Slot.ErrorCode));
        if (!isError && JsonValue.TextEquals(status, "failed"))
        {
            TakeError(new UsageError());
        }

        TakeUsage(captures.Last(at + Slot.Usage), isFinal: !isUnderWay, JsonValue.GetCount(captures.Last(at + Slot.Searches)));
        ReadImages(captures.Last(at + Slot.ImageUsage));
        if (at == Slot.InEvent && (type.IsEmpty ? isDone : IsLast(type)))
        {
            End();
        }
    }

    /// <summary>Reads what the hosted image tool used. A response that made no image reports zeros.</summary>
    private void ReadImages(ReadOnlySpan<byte> json)
    {
        if (OpenAIUsage.TryRead(json, out TokenUsage usage, out UsageAnomalies anomalies) && !usage.Anomalies.HasFlag(UsageAnomalies.AllZeroUsage))
        {
            Iterations = [new UsageIteration { Type = "image_gen", Usage = usage, IsInTotal = false }];
            Flag(UsageAnomalies.IterationsOutsideTotal);
        }

        Flag(anomalies);
    }

    private static class Slot
    {
        public const int Id = 0;
        public const int Model = 1;
        public const int Status = 2;
        public const int ServiceTier = 3;
        public const int Error = 4;
        public const int Usage = 5;
        public const int ImageUsage = 6;
        public const int Searches = 7;

        // Where the members of a response begin: those of the body itself, and those of the response in an event.
        public const int InBody = 0;
        public const int InEvent = 8;

        public const int Type = 16;
        public const int ErrorCode = 17;
        public const int ErrorParameter = 18;
        public const int Response = 19;
    }
}
