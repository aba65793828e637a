using System.Text.Json.Nodes;

namespace UsageCapture.Testing.Streams;

/// <summary>Writes the events of one response of OpenAI's Responses.</summary>
internal sealed class ResponsesEvents(string id, string model)
{
    private readonly List<JsonObject> _output = [];
    private int _sequenceNumber;

    public EventWriter Body { get; } = new();

    public void WriteBegin()
    {
        Write("response.created", ("response", Response("in_progress", usage: null)));
        Write("response.in_progress", ("response", Response("in_progress", usage: null)));
    }

    public void WriteMessage(string[] parts)
    {
        string item = $"msg_{_output.Count + 1}";
        JsonObject done = Message(item, "completed", TextPart(string.Concat(parts)));
        Write("response.output_item.added", Index(), ("item", Message(item, "in_progress")));
        Write("response.content_part.added", Item(item), Index(), ("content_index", 0), ("part", TextPart("")));
        foreach (string part in parts)
        {
            Write("response.output_text.delta", Item(item), Index(), ("content_index", 0), ("delta", part), ("logprobs", new JsonArray()));
        }

        Write("response.output_text.done", Item(item), Index(), ("content_index", 0), ("text", string.Concat(parts)), ("logprobs", new JsonArray()));
        Write("response.content_part.done", Item(item), Index(), ("content_index", 0), ("part", TextPart(string.Concat(parts))));
        Write("response.output_item.done", Index(), ("item", done.DeepClone()));
        _output.Add(done);
    }

    public void WriteFunctionCall(string name, string arguments, string callId)
    {
        string item = $"fc_{_output.Count + 1}";
        JsonObject done = Call("completed", arguments);
        Write("response.output_item.added", Index(), ("item", Call("in_progress", "")));
        Write("response.function_call_arguments.delta", Item(item), Index(), ("delta", arguments));
        Write("response.function_call_arguments.done", Item(item), Index(), ("name", name), ("arguments", arguments));
        Write("response.output_item.done", Index(), ("item", done.DeepClone()));
        _output.Add(done);

        JsonObject Call(string status, string soFar) => new()
        {
            ["id"] = item,
            ["type"] = "function_call",
            ["status"] = status,
            ["arguments"] = soFar,
            ["call_id"] = callId,
            ["name"] = name,
        };
    }

    public void WriteEnd(string status, ResponsesUsage? usage) => Write($"response.{status}", ("response", Response(status, usage)));

    public void WriteError(string code) => ErrorEvents.WriteResponses(Body, code, _sequenceNumber++);

    private static (string Name, JsonNode? Value) Item(string id) => ("item_id", id);

    private static JsonObject Message(string item, string status, params JsonNode?[] content) => new()
    {
        ["id"] = item,
        ["type"] = "message",
        ["status"] = status,
        ["role"] = "assistant",
        ["content"] = new JsonArray(content),
    };

    private static JsonObject TextPart(string text) => new()
    {
        ["type"] = "output_text",
        ["text"] = text,
        ["annotations"] = new JsonArray(),
        ["logprobs"] = new JsonArray(),
    };

    private (string Name, JsonNode? Value) Index() => ("output_index", _output.Count);

    private JsonObject Response(string status, ResponsesUsage? usage) => new()
    {
        ["id"] = id,
        ["object"] = "response",
        ["created_at"] = MadeRecording.Created,
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
