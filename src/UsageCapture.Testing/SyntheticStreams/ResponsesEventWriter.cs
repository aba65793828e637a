using System.Text.Json.Nodes;

namespace UsageCapture.Testing.SyntheticStreams;

/// <summary>Writes the events of one response of OpenAI's Responses API.</summary>
/// <remarks>
/// Call <see cref="WriteStart"/>, then one method for each output item (a message or a function call), then <see cref="WriteEnd"/> or
/// <see cref="WriteError"/>. The result is in <see cref="Events"/>. JSON nodes are cloned before they are written twice, because a node can have
/// only one parent.
/// </remarks>
/// <param name="id">The id of the response.</param>
/// <param name="model">The model that the events report.</param>
internal sealed class ResponsesEventWriter(string id, string model)
{
    private readonly List<JsonObject> _output = []; // The completed items. The last event repeats all of them.
    private int _nextSequenceNumber;

    /// <summary>Gets the events that were written so far: the body of the response.</summary>
    public ServerSentEventWriter Events { get; } = new();

    /// <summary>Writes the two events with which each response starts.</summary>
    public void WriteStart()
    {
        Write("response.created", ("response", CreateResponse("in_progress", usage: null)));
        Write("response.in_progress", ("response", CreateResponse("in_progress", usage: null)));
    }

    /// <summary>Writes the events of a text message. Each part of the text becomes one delta event.</summary>
    public void WriteMessage(string[] parts)
    {
        string itemId = $"msg_{_output.Count + 1}";
        string text = string.Concat(parts);
        JsonObject completed = CreateMessage(itemId, "completed", CreateTextPart(text));
        Write("response.output_item.added", OutputIndexMember(), ("item", CreateMessage(itemId, "in_progress")));
        Write("response.content_part.added", ItemIdMember(itemId), OutputIndexMember(), ("content_index", 0), ("part", CreateTextPart("")));
        foreach (string part in parts)
        {
            Write(
                "response.output_text.delta",
                ItemIdMember(itemId),
                OutputIndexMember(),
                ("content_index", 0),
                ("delta", part),
                ("logprobs", new JsonArray()));
        }

        Write(
            "response.output_text.done",
            ItemIdMember(itemId),
            OutputIndexMember(),
            ("content_index", 0),
            ("text", text),
            ("logprobs", new JsonArray()));
        Write("response.content_part.done", ItemIdMember(itemId), OutputIndexMember(), ("content_index", 0), ("part", CreateTextPart(text)));
        Write("response.output_item.done", OutputIndexMember(), ("item", completed.DeepClone()));
        _output.Add(completed);
    }

    /// <summary>Writes the events of a function call. The arguments are sent in one delta event.</summary>
    public void WriteFunctionCall(string name, string arguments, string callId)
    {
        string itemId = $"fc_{_output.Count + 1}";
        JsonObject completed = CreateCall("completed", arguments);
        Write("response.output_item.added", OutputIndexMember(), ("item", CreateCall("in_progress", "")));
        Write("response.function_call_arguments.delta", ItemIdMember(itemId), OutputIndexMember(), ("delta", arguments));
        Write("response.function_call_arguments.done", ItemIdMember(itemId), OutputIndexMember(), ("name", name), ("arguments", arguments));
        Write("response.output_item.done", OutputIndexMember(), ("item", completed.DeepClone()));
        _output.Add(completed);

        JsonObject CreateCall(string status, string argumentsSoFar) => new()
        {
            ["id"] = itemId,
            ["type"] = "function_call",
            ["status"] = status,
            ["arguments"] = argumentsSoFar,
            ["call_id"] = callId,
            ["name"] = name,
        };
    }

    /// <summary>Writes the last event, with the usage. The name of the event ends with the status, such as <c>response.completed</c>.</summary>
    /// <param name="status">The status: <c>completed</c>, <c>incomplete</c> or <c>failed</c>.</param>
    /// <param name="usage">The usage; null for none.</param>
    public void WriteEnd(string status, ResponsesUsage? usage) => Write($"response.{status}", ("response", CreateResponse(status, usage)));

    /// <summary>Writes an error event instead of the end. Unlike the end with the status <c>failed</c>, it has no response and no usage.</summary>
    public void WriteError(string code) => ErrorEvents.WriteResponses(Events, code, _nextSequenceNumber++);

    private static (string Name, JsonNode? Value) ItemIdMember(string itemId) => ("item_id", itemId);

    private static JsonObject CreateMessage(string itemId, string status, params JsonNode?[] content) => new()
    {
        ["id"] = itemId,
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

    private (string Name, JsonNode? Value) OutputIndexMember() => ("output_index", _output.Count);

    private JsonObject CreateResponse(string status, ResponsesUsage? usage) => new()
    {
        ["id"] = id,
        ["object"] = "response",
        ["created_at"] = SyntheticRecordingFactory.CreatedAt,
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
        var data = new JsonObject { ["type"] = type, ["sequence_number"] = _nextSequenceNumber++ };
        foreach ((string name, JsonNode? value) in members)
        {
            data[name] = value;
        }

        Events.WriteNamed(data);
    }
}
