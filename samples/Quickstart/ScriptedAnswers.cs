namespace Quickstart;

/// <summary>The scripted answers of the loopback server, by question.</summary>
internal static class ScriptedAnswers
{
    /// <summary>Returns the answer to a question; a hint if there is none.</summary>
    public static string Get(string question) => question switch
    {
        "Why is it hard to know what a streamed answer cost?" =>
            "A streaming server knows the count only after the last token. So it reports usage in one more event after the answer, "
            + "and only to callers that ask for it with stream_options. Many callers do not ask, and others stop reading at the last "
            + "word. Then nothing fails: the count is missing in your records, but not on your bill.",

        "Why count cached tokens apart from the rest of the input?" =>
            "Because they have another price. This prompt starts like the previous one, so the server read most of it from its "
            + "cache, at a fraction of the price. Two calls with the same number of input tokens can therefore have very different "
            + "costs, and a total alone does not explain why.",

        "And when the answer is not streamed?" =>
            "Then the count is a member of the body, and the record has the same fields. The handler reads the bytes as they pass "
            + "and changes none of them.",

        "What does Azure do differently?" =>
            "Just enough to break a parser. Its streams start with an event without choices, id and model, which holds the results "
            + "of the content filter for the prompt. A parser that takes the first event without choices for the usage event finds no "
            + "usage. The record names azure.ai.openai as the provider, because Azure sends the bill.",

        "This request did not ask for usage. Who did?" =>
            "The handler. The request has no stream_options, so this server would not have reported usage. The handler added the "
            + "option and changed no other byte of the body. This old model does not report cached tokens, so the table shows a dash "
            + "and not a zero.",

        _ => "There is no scripted answer to this question. Set OPENAI_API_KEY to ask a model.",
    };
}
