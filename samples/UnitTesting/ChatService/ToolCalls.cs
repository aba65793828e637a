using System.Text;

using OpenAI.Chat;

namespace ChatService;

/// <summary>Assembles tool calls from the partial updates of a stream. Call <see cref="Add"/> for each update, then read <see cref="All"/>.</summary>
internal sealed class ToolCalls
{
    private readonly SortedDictionary<int, (string Id, string Name, StringBuilder Arguments)> _calls = [];

    public IEnumerable<ChatToolCall> All =>
        _calls.Values.Select(call => ChatToolCall.CreateFunctionToolCall(call.Id, call.Name, BinaryData.FromString(call.Arguments.ToString())));

    public void Add(IEnumerable<StreamingChatToolCallUpdate> updates)
    {
        foreach (StreamingChatToolCallUpdate update in updates)
        {
            if (!_calls.TryGetValue(update.Index, out (string Id, string Name, StringBuilder Arguments) call))
            {
                _calls[update.Index] = call = (update.ToolCallId, update.FunctionName, new StringBuilder());
            }

            call.Arguments.Append(update.FunctionArgumentsUpdate);
        }
    }
}
