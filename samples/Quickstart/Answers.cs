namespace Quickstart;

/// <summary>What the loopback server knows.</summary>
internal static class Answers
{
    public static string To(string question) => question switch
    {
        "Why is it hard to know what a streamed answer cost?" =>
            "A server that streams knows the count only after the last token, so it reports usage in one event more, behind the "
            + "answer, and only to callers who asked for it with stream_options. Many never ask, and those who stop reading at"
            + " the last word never get there. Nothing fails when that happens: the number is simply missing from your books, not "
            + "from your bill.",

        "Why count cached tokens apart from the rest of the input?" =>
            "Because they have another price. This prompt began like the one before it, so most of it came from the server's "
            + "cache, at a fraction of what fresh input costs. Two calls with the same number of input tokens can differ several "
            + "times over on the invoice, and a total alone will never tell you why.",

        "And when the answer is not streamed?" =>
            "Then the count is a field of the body, and it ends up in the same record with the same names. The handler looks at "
            + "the bytes as they pass and changes none of them.",

        "What does Azure do differently?" =>
            "Just enough to break a parser. Its streams open with an event that has no choices, no id and no model, only the "
            + "content filter's verdict on your prompt, and whoever takes the first empty choices for the usage event reads "
            + "nothing. The record says azure.ai.openai, because that is who will send the bill.",

        "This request did not ask for usage. Who did?" =>
            "The handler. The request was written by hand, without stream_options, and this server would have finished without a"
            + " word about tokens. The handler added the option on its way out and left every other byte of the body as it was; a "
            + "model this old does not report cached tokens, so the table shows a dash there, not a zero.",

        _ => "Nobody wrote down an answer to that. Set OPENAI_API_KEY and ask a model.",
    };
}
