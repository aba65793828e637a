using System.Text.Json.Nodes;

namespace UsageCapture.Testing.SyntheticStreams;

/// <summary>Writes the events of one response of OpenAI's Responses API.</summary>
/// <remarks>Call <see cref="WriteStart"/>, then one method for each output item, then <see cref="WriteEnd"/> or <see cref="WriteError"/>.</remarks>
/// <param name="id">The id of the response.</param>
/// <param name="model">The model that the events report.</param>
internal sealed class ResponsesEvents(string id, string model)
{
    private readonly List<JsonObject> _output = [];
    private int _sequenceNumber;

    public EventWriter Body { get; } = new();

    public void WriteStart()
    {
        Write("response.created", ("response", CreateResponse("in_progress", usage: null)));
        Write("response.in_progress", ("response", CreateResponse("in_progress", usage: null)));
    }

    public void WriteMessage(string[] parts)
    {
        string item = $"msg_{_output.Count + 1}";
        JsonObject done = CreateMessage(item, "completed", CreateTextPart(string.Concat(parts)));
        Write("response.output_item.added", OutputIndex(), ("item", CreateMessage(item, "in_progress")));
        Write("response.content_part.added", ItemId(item), OutputIndex(), ("content_index", 0), ("part", CreateTextPart("")));
        foreach (string part in parts)
        {
            Write("response.output_text.delta", ItemId(item), OutputIndex(), ("content_index", 0), ("delta", part), ("logprobs", new JsonArray()));
        }

        Write("response.output_text.done", ItemId(item), OutputIndex(), ("content_index", 0), ("text", string.Concat(parts)), ("logprobs", new JsonArray()));
        Write("response.content_part.done", ItemId(item), OutputIndex(), ("content_index", 0), ("part", CreateTextPart(string.Concat(parts))));
        Write("response.output_item.done", OutputIndex(), ("item", done.DeepClone()));
        _output.Add(done);
    }

    public void WriteFunctionCall(string name, string arguments, string callId)
    {
        string item = $"fc_{_output.Count + 1}";
        JsonObject done = CreateCall("completed", arguments);
        Write("response.output_item.added", OutputIndex(), ("item", CreateCall("in_progress", "")));
        Write("response.function_call_arguments.delta", ItemId(item), OutputIndex(), ("delta", arguments));
        Write("response.function_call_arguments.done", ItemId(item), OutputIndex(), ("name", name), ("arguments", arguments));
        Write("response.output_item.done", OutputIndex(), ("item", done.DeepClone()));
        _output.Add(done);

        JsonObject CreateCall(string status, string argumentsSoFar) => new()
        {
            ["id"] = item,
            ["type"] = "function_call",
            ["status"] = status,
            ["arguments"] = argumentsSoFar,
            ["call_id"] = callId,
            ["name"] = name,
        };
    }

    public void WriteEnd(string status, ResponsesUsage? usage) => Write($"response.{status}", ("response", CreateResponse(status, usage)));

    public void WriteError(string code) => ErrorEvents.WriteResponses(Body, code, _sequenceNumber++);

    private static (string Name, JsonNode? Value) ItemId(string id) => ("item_id", id);

    private static JsonObject CreateMessage(string item, string status, params JsonNode?[] content) => new()
    {
        ["id"] = item,
        ["type"] = "message",
        ["status"] = status,
        ["role"] = "assistant",
        ["content"] = new JsonArray(content),
    };

    private static JsonObject CreateTextPart(string text) => new()
    {
        ["type"] = "output_text",
        ["text"] = text,
        ["annotations"] = new JsonArray(),
        ["logprobs"] = new JsonArray(),
    };

    private (string Name, JsonNode? Value) OutputIndex() => ("output_index", _output.Count);

    private JsonObject CreateResponse(string status, ResponsesUsage? usage) => new()
    {
        ["id"] = id,
        ["object"] = "response",
        ["created_at"] = SyntheticRecording.CreatedAt,
        ["status"] = status,
        ["error"] = status == "failed" ? new JsonObject { ["code"] = "server_error", ["message"] = "The server had an error." } : null,
        ["incomplete_details"] = status == "incomplete" ? new JsonObject { ["reason"] = "max_output_tokens" } : null,
        ["model"] = model,
        ["output"] = new JsonArray([.. _output.Select(item => item.DeepClone())]),
        ["parallel_tool_calls"] = true,
        ["tool_choice"] = "auto",
        ["tools"] = new JsonArray(),
        ["usage"] = usage?.ToJson(),
    };

    private void Write(string type, params (string Name, JsonNode? Value)[] members)
    {
        var data = new JsonObject { ["type"] = type, ["sequence_number"] = _sequenceNumber++ };
        foreach ((string name, JsonNode? value) in members)
        {
            data[name] = value;
        }

        Body.WriteTyped(data);
    }
}
