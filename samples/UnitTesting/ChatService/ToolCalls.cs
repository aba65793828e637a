using System.Text;

using OpenAI.Chat;

namespace ChatService;

/// <summary>Assembles tool calls from the partial updates of a stream. Call <see cref="Add"/> for each update, then read <see cref="All"/>.</summary>
internal sealed class ToolCalls
{
    // By the index of the call. Several calls can be streamed at the same time.
    private readonly SortedDictionary<int, (string Id, string Name, StringBuilder Arguments)> _calls = [];

    /// <summary>Gets the calls, in the order of the model.</summary>
    public IEnumerable<ChatToolCall> All => _calls.Values.Select(call =>
        ChatToolCall.CreateFunctionToolCall(call.Id, call.Name, BinaryData.FromString(call.Arguments.ToString())));

    /// <summary>Adds the partial calls of one update.</summary>
    public void Add(IEnumerable<StreamingChatToolCallUpdate> updates)
    {
        foreach (StreamingChatToolCallUpdate update in updates)
        {
            if (!_calls.TryGetValue(update.Index, out (string Id, string Name, StringBuilder Arguments) call))
            {
                // The first update of a call has its id and name. The others only add to the arguments.
                _calls[update.Index] = call = (update.ToolCallId, update.FunctionName, new StringBuilder());
            }

            call.Arguments.Append(update.FunctionArgumentsUpdate);
        }
    }
}
