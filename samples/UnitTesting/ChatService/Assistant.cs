using System.Runtime.CompilerServices;
using System.Text.Json;

using OpenAI.Chat;

namespace ChatService;

/// <summary>Answers questions with a language model, word by word. The model can call a tool that looks up the weather.</summary>
/// <remarks>The <see cref="ChatClient"/> decides where requests go. A test passes one that replays recordings and captures usage.</remarks>
/// <param name="chat">The client of the model.</param>
/// <param name="getWeather">Returns the weather in a city.</param>
public sealed class Assistant(ChatClient chat, Func<string, string> getWeather)
{
    private static readonly ChatTool WeatherTool = ChatTool.CreateFunctionTool(
        "get_weather",
        "Returns the weather in a city.",
        BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}"""));

    /// <summary>Answers a question.</summary>
    /// <param name="question">The question.</param>
    /// <param name="cancellationToken">Cancels the answer.</param>
    /// <returns>The words of the answer, as they arrive.</returns>
    /// <exception cref="AnswerCutOffException">The stream ended before the answer was complete.</exception>
    public async IAsyncEnumerable<string> AskAsync(string question, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<ChatMessage> messages = [new UserChatMessage(question)];
        ChatCompletionOptions options = new() { Tools = { WeatherTool } };
        while (true)
        {
            ChatFinishReason? finishReason = null;
            var calls = new ToolCalls();
            await foreach (StreamingChatCompletionUpdate update in chat.CompleteChatStreamingAsync(messages, options, cancellationToken))
            {
                finishReason = update.FinishReason ?? finishReason;
                calls.Add(update.ToolCallUpdates);
                foreach (ChatMessageContentPart part in update.ContentUpdate)
                {
                    yield return part.Text;
                }
            }

            // If a stream ends with an error, the SDK does not throw. The stream just has no finish reason.
            if (finishReason is null)
            {
                throw new AnswerCutOffException();
            }

            if (finishReason != ChatFinishReason.ToolCalls)
            {
                yield break;
            }

            // Send the results of the tool, and let the model continue.
            messages.Add(new AssistantChatMessage(calls.All));
            messages.AddRange(calls.All.Select(call => new ToolChatMessage(call.Id, getWeather(GetCity(call)))));
        }
    }

    private static string GetCity(ChatToolCall call)
    {
        using var arguments = JsonDocument.Parse(call.FunctionArguments);
        return arguments.RootElement.GetProperty("city").GetString()!;
    }
}
