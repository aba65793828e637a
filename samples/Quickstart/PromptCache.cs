namespace Quickstart;

/// <summary>Imitates OpenAI's prompt cache: the common start of two prompts is cached, in steps of 128 tokens, from 1024 tokens on.</summary>
internal sealed class PromptCache
{
    private const int MinCachedTokens = 1024;
    private const int CacheStep = 128;
    private const int CharactersPerToken = 4; // An estimate for English and code. A real server uses a tokenizer.

    private readonly List<string> _prompts = [];

    public static int CountTokens(string prompt) => prompt.Length / CharactersPerToken;

    /// <summary>Returns the number of cached tokens of a prompt, and adds the prompt to the cache.</summary>
    public int ReadAndAdd(string prompt)
    {
        lock (_prompts)
        {
            int sharedCharacters = _prompts.Select(earlier => earlier.AsSpan().CommonPrefixLength(prompt)).DefaultIfEmpty().Max();
            int sharedTokens = sharedCharacters / CharactersPerToken;
            _prompts.Add(prompt);
            return sharedTokens < MinCachedTokens ? 0 : sharedTokens / CacheStep * CacheStep;
        }
    }
}
