using System.Runtime.InteropServices;

using UsageCapture.Delivery;

namespace UsageCapture.Exchanges;

/// <summary>The choices of a response by their index, each with its last finish reason.</summary>
/// <remarks>Most responses have one choice, so that one is kept without a list. It is mutable: keep it in a field that is not read-only.</remarks>
internal struct ChoiceList
{
    private Choice _first;
    private List<Choice>? _others;

    /// <summary>Gets whether every choice that began has finished, and at least one has.</summary>
    public readonly bool AllFinished
    {
        get
        {
            bool hasFinished = _first.FinishReason is not null;
            if (_first.HasBegun && !hasFinished)
            {
                return false;
            }

            foreach (Choice choice in CollectionsMarshal.AsSpan(_others))
            {
                if (choice.HasBegun && choice.FinishReason is null)
                {
                    return false;
                }

                hasFinished |= choice.FinishReason is not null;
            }

            return hasFinished;
        }
    }

    /// <summary>Records what a document says of a choice.</summary>
    /// <param name="index">The index of the choice.</param>
    /// <param name="finishReason">Why it finished; null while it goes on, which keeps an earlier reason.</param>
    /// <returns>Whether the choice is mentioned for the first time.</returns>
    public bool Record(int index, string? finishReason)
    {
        if (index == 0)
        {
            return Record(ref _first, finishReason);
        }

        _others ??= [];
        while (_others.Count < index)
        {
            _others.Add(default);
        }

        Choice choice = _others[index - 1];
        bool isFirst = Record(ref choice, finishReason);
        _others[index - 1] = choice;
        return isFirst;
    }

    /// <summary>Gets the finish reasons in the order of the choices. A choice that has not finished is left out.</summary>
    public readonly ValueList<string> GetFinishReasons()
    {
        if (_others is null)
        {
            return _first.FinishReason is { } only ? CommonFinishReasons.ListOf(only) : ValueList<string>.Empty;
        }

        return ValueList<string>.From([.. _others.Prepend(_first).Select(choice => choice.FinishReason).OfType<string>()]);
    }

    private static bool Record(ref Choice choice, string? finishReason)
    {
        bool isFirst = !choice.HasBegun;
        choice = new Choice(HasBegun: true, finishReason ?? choice.FinishReason);
        return isFirst;
    }

    private readonly record struct Choice(bool HasBegun, string? FinishReason);
}
