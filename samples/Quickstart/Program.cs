using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;
using OpenAI.Chat;
using Quickstart;
using UsageCapture;

// Where to call: OpenAI and Azure if the environment has keys for them, else a server on this machine that answers as they do.
EnvironmentSettings settings = EnvironmentSettings.Read();
if (settings.Problem is { } problem)
{
    await Console.Error.WriteLineAsync(problem);
    return 1;
}

await using LoopbackServer? server = settings.HasKeys ? null : await LoopbackServer.StartAsync();
ChatService? openAI = server?.OpenAI ?? settings.OpenAI;
ChatService? azure = server?.Azure ?? settings.Azure;
var witness = new ByteWitness();
var screen = new Screen();
screen.Introduce(server?.Address);

// Where the records go. Every call below leaves one here before its caller sees the end of the answer.
var usage = new InMemoryUsageSink();

try
{
    if (openAI is not null)
    {
        ChatClient chat = CreateClient(openAI);
        screen.Heading("OpenAI, streamed", "CompleteChatStreamingAsync, the first call");
        await StreamAsync(chat, "Why is it hard to know what a streamed answer cost?");

        screen.Heading("OpenAI, streamed again", "the same long prompt in front: now it comes from the cache");
        await StreamAsync(chat, "Why count cached tokens apart from the rest of the input?");

        screen.Heading("OpenAI, not streamed", "CompleteChatAsync");
        await CompleteAsync(chat, "And when the answer is not streamed?");
    }

    if (azure is not null)
    {
        ChatClient chat = CreateClient(azure);
        screen.Heading("Azure OpenAI, streamed", "the same SDK with Azure's /openai/v1/ as its endpoint");
        await StreamAsync(chat, "What does Azure do differently?");
    }

    if (server is not null)
    {
        screen.Heading("Azure OpenAI, by hand", "HttpClient, a dated address, and no stream_options in the request");
        await StreamByHandAsync(server, "This request did not ask for usage. Who did?");
    }
}
catch (Exception exception)
{
    screen.Fail(exception); // A call that failed has left a record as well: the table shows it.
}

RecordTable.Print(usage.Records);
bool isConfirmed = server is null || witness.Confirm(server.Sent);
return isConfirmed && !screen.HasFailed ? 0 : 1;

// This is all it takes with the OpenAI SDK: one call on the client's options.
ChatClient CreateClient(ChatService service)
{
    OpenAIClientOptions options = new OpenAIClientOptions { Endpoint = service.Endpoint }.UseUsageCapture(usage);
    if (server is not null)
    {
        // Only for the demonstration: keeps a copy of what the SDK reads, to compare it with what the server sent.
        options.AddPolicy(new WitnessPolicy(witness), PipelinePosition.BeforeTransport);
    }

    return new ChatClient(service.Model, new ApiKeyCredential(service.Key), options);
}

async Task StreamAsync(ChatClient chat, string question)
{
    screen.Ask(question);
    await foreach (StreamingChatCompletionUpdate update in chat.CompleteChatStreamingAsync(Messages(question)))
    {
        foreach (ChatMessageContentPart part in update.ContentUpdate)
        {
            screen.Write(part.Text);
        }
    }

    screen.EndAnswer();
}

async Task CompleteAsync(ChatClient chat, string question)
{
    screen.Ask(question);
    ChatCompletion completion = await chat.CompleteChatAsync(Messages(question));
    screen.Write(completion.Content[0].Text);
    screen.EndAnswer();
}

// And this is all it takes with a plain HttpClient: a handler in front of the one that it has.
async Task StreamByHandAsync(LoopbackServer server, string question)
{
    using var client = new HttpClient(new UsageCaptureHandler(usage) { InnerHandler = new SocketsHttpHandler() });

    screen.Ask(question);
    using HttpRequestMessage request = HandMadeRequest.Create(server.Address, Instructions.Text, question);
    using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    response.EnsureSuccessStatusCode();
    await using Stream body = witness.Watch(response, await response.Content.ReadAsStreamAsync());
    await foreach (string text in HandMadeRequest.ReadAnswerAsync(body))
    {
        screen.Write(text);
    }

    screen.EndAnswer();
}

static ChatMessage[] Messages(string question) => [new SystemChatMessage(Instructions.Text), new UserChatMessage(question)];
