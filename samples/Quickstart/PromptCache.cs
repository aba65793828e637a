namespace Quickstart;

/// <summary>Imitates OpenAI's prompt cache: it caches the common start of two prompts, from 1024 tokens on, in steps of 128 tokens.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class PromptCache
{
    // Both numbers are from OpenAI's guide to prompt caching.
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
            int wholeSteps = sharedTokens / CacheStep;
            _prompts.Add(prompt);
            return sharedTokens < MinCachedTokens ? 0 : wholeSteps * CacheStep;
        }
    }
}
