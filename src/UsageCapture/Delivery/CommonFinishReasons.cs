namespace UsageCapture.Delivery;

/// <summary>Shared lists with the finish reasons of most responses, so that most records need no list of their own.</summary>
internal static class CommonFinishReasons
{
    // The regular ends in the APIs of OpenAI (Chat Completions, Responses), Anthropic and Google.
    private static readonly ValueList<string>[] Lists =
        [new("stop"), new("tool_calls"), new("length"), new("completed"), new("end_turn"), new("tool_use"), new("max_tokens"), new("STOP")];

    /// <summary>Gets a list with one finish reason. Only an uncommon reason gets a new list.</summary>
    public static ValueList<string> GetList(string reason)
    {
        foreach (ValueList<string> list in Lists)
        {
            if (list[0] == reason)
            {
                return list;
            }
        }

        return new ValueList<string>(reason);
    }
}
