using System.Runtime.CompilerServices;
using System.Text.Json;

using OpenAI.Chat;

namespace ChatService;

/// <summary>Answers questions word by word, and looks up the weather where it is asked for it.</summary>
/// <remarks>It knows nothing of usage or of tests: whoever makes the <see cref="ChatClient"/> decides where its requests go.</remarks>
public sealed class Assistant(ChatClient chat, Func<string, string> weatherOf)
{
    private static readonly ChatTool WeatherTool = ChatTool.CreateFunctionTool(
        "get_weather",
        "Says what the weather is like in a city.",
        BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}"""));

    /// <summary>Answers a question.</summary>
    /// <exception cref="AnswerCutOffException">The model stopped in the middle of the answer.</exception>
    public async IAsyncEnumerable<string> AskAsync(string question, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<ChatMessage> messages = [new UserChatMessage(question)];
        ChatCompletionOptions options = new() { Tools = { WeatherTool } };
        while (true)
        {
            ChatFinishReason? finish = null;
            var calls = new ToolCalls();
            await foreach (StreamingChatCompletionUpdate update in chat.CompleteChatStreamingAsync(messages, options, cancellationToken))
            {
                finish = update.FinishReason ?? finish;
                calls.Add(update.ToolCallUpdates);
                foreach (ChatMessageContentPart part in update.ContentUpdate)
                {
                    yield return part.Text;
                }
            }

            // The SDK does not throw when a stream ends with an error: it just ends, without a finish reason.
            if (finish is null)
            {
                throw new AnswerCutOffException();
            }

            if (finish != ChatFinishReason.ToolCalls)
            {
                yield break;
            }

            messages.Add(new AssistantChatMessage(calls.All));
            messages.AddRange(calls.All.Select(call => new ToolChatMessage(call.Id, weatherOf(CityOf(call)))));
        }
    }

    private static string CityOf(ChatToolCall call)
    {
        using var arguments = JsonDocument.Parse(call.FunctionArguments);
        return arguments.RootElement.GetProperty("city").GetString()!;
    }
}
