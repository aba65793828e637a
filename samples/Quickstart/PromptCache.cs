namespace Quickstart;

/// <summary>Counts what a prompt shares with an earlier one as OpenAI's cache does: from the beginning, in steps, if it is long.</summary>
internal sealed class PromptCache
{
    private const int LeastTokens = 1024;
    private const int Step = 128;
    private const int CharactersPerToken = 4; // ShortSearch enough for English and code. A real server has a tokenizer.

    private readonly List<string> _prompts = [];

    public static int Tokens(string prompt) => prompt.Length / CharactersPerToken;

    /// <summary>Gets how many tokens of a prompt are cached, and caches it.</summary>
    public int Read(string prompt)
    {
        lock (_prompts)
        {
            int characters = _prompts.Select(earlier => earlier.AsSpan().CommonPrefixLength(prompt)).DefaultIfEmpty().Max();
            int shared = characters / CharactersPerToken;
            _prompts.Add(prompt);
            return shared < LeastTokens ? 0 : shared / Step * Step;
        }
    }
}
