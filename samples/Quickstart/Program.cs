using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;
using OpenAI.Chat;
using Quickstart;
using UsageCapture;

// Call OpenAI and Azure if environment variables have keys for them; otherwise a local server that imitates both.
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
screen.PrintIntroduction(server?.Address);

// The sink receives one record for each call, before the caller sees the end of the response.
var usage = new InMemoryUsageSink();

try
{
    if (openAI is not null)
    {
        ChatClient chat = CreateClient(openAI);
        screen.PrintHeading("OpenAI, streamed", "CompleteChatStreamingAsync, the first call");
        await StreamAsync(chat, "Why is it hard to know what a streamed answer cost?");

        screen.PrintHeading("OpenAI, streamed again", "the same long prompt, now from the cache");
        await StreamAsync(chat, "Why count cached tokens apart from the rest of the input?");

        screen.PrintHeading("OpenAI, not streamed", "CompleteChatAsync");
        await CompleteAsync(chat, "And when the answer is not streamed?");
    }

    if (azure is not null)
    {
        ChatClient chat = CreateClient(azure);
        screen.PrintHeading("Azure OpenAI, streamed", "the same SDK with Azure's /openai/v1/ as its endpoint");
        await StreamAsync(chat, "What does Azure do differently?");
    }

    if (server is not null)
    {
        screen.PrintHeading("Azure OpenAI, by hand", "HttpClient, a dated address, and no stream_options in the request");
        await StreamByHandAsync(server, "This request did not ask for usage. Who did?");
    }
}
catch (Exception exception)
{
    screen.PrintFailure(exception); // The table also shows the record of a failed call.
}

RecordTable.Print(usage.Records);
bool areBytesIdentical = server is null || witness.Compare(server.Sent);
return areBytesIdentical && !screen.HasFailed ? 0 : 1;

// With the OpenAI SDK, call UseUsageCapture on the client's options.
ChatClient CreateClient(ChatService service)
{
    OpenAIClientOptions options = new OpenAIClientOptions { Endpoint = service.Endpoint }.UseUsageCapture(usage);
    if (server is not null)
    {
        // For this demonstration only: compares the bytes that the SDK reads with those that the server sends.
        options.AddPolicy(new WitnessPolicy(witness), PipelinePosition.BeforeTransport);
    }

    return new ChatClient(service.Model, new ApiKeyCredential(service.Key), options);
}

async Task StreamAsync(ChatClient chat, string question)
{
    screen.PrintQuestion(question);
    await foreach (StreamingChatCompletionUpdate update in chat.CompleteChatStreamingAsync(CreateMessages(question)))
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
    screen.PrintQuestion(question);
    ChatCompletion completion = await chat.CompleteChatAsync(CreateMessages(question));
    screen.Write(completion.Content[0].Text);
    screen.EndAnswer();
}

// With a plain HttpClient, put a UsageCaptureHandler in front of its handler.
async Task StreamByHandAsync(LoopbackServer server, string question)
{
    using var client = new HttpClient(new UsageCaptureHandler(usage) { InnerHandler = new SocketsHttpHandler() });

    screen.PrintQuestion(question);
    using HttpRequestMessage request = HandMadeRequest.Create(server.Address, Instructions.Text, question);
    using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    response.EnsureSuccessStatusCode();
    await using Stream body = witness.Observe(response, await response.Content.ReadAsStreamAsync());
    await foreach (string text in HandMadeRequest.ReadAnswerAsync(body))
    {
        screen.Write(text);
    }

    screen.EndAnswer();
}

static ChatMessage[] CreateMessages(string question) => [new SystemChatMessage(Instructions.Text), new UserChatMessage(question)];
