using System.Runtime.InteropServices;

using UsageCapture.Delivery;

namespace UsageCapture.Exchanges;

/// <summary>The choices (alternative answers) of a response by their index, each with its last finish reason. A <see cref="UsageReport"/> fills it.</summary>
/// <remarks>
/// Most responses have one choice, so the first choice is stored without a list. This struct is mutable: do not copy it, and store it in a
/// field that is not readonly.
/// </remarks>
internal struct ChoiceList
{
    private Choice _firstChoice;

    // The choices from index 1 up; null while there is only the first one.
    private List<Choice>? _laterChoices;

    /// <summary>Gets whether at least one choice was recorded and every recorded choice has a finish reason.</summary>
    public readonly bool AllFinished
    {
        get
        {
            bool anyFinished = _firstChoice.FinishReason is not null;
            if (_firstChoice.IsMentioned && !anyFinished)
            {
                return false;
            }

            foreach (Choice choice in CollectionsMarshal.AsSpan(_laterChoices)) // The span is empty when the list is null.
            {
                if (choice.IsMentioned && choice.FinishReason is null)
                {
                    return false;
                }

                anyFinished |= choice.FinishReason is not null;
            }

            return anyFinished;
        }
    }

    /// <summary>Records that a document mentions a choice.</summary>
    /// <param name="index">The index of the choice, from zero. The caller limits it, because the list grows up to it.</param>
    /// <param name="finishReason">Why the choice finished; null when the document gives no reason, which keeps an earlier one.</param>
    /// <returns>Whether the choice is mentioned for the first time.</returns>
    public bool Record(int index, string? finishReason)
    {
        if (index == 0)
        {
            return Record(ref _firstChoice, finishReason);
        }

        _laterChoices ??= [];
        while (_laterChoices.Count < index)
        {
            _laterChoices.Add(default); // A choice that no document has mentioned yet.
        }

        Choice choice = _laterChoices[index - 1];
        bool isFirstMention = Record(ref choice, finishReason);
        _laterChoices[index - 1] = choice;
        return isFirstMention;
    }

    /// <summary>Gets the finish reasons in the order of the choices. A choice that has not finished is left out.</summary>
    public readonly ValueList<string> GetFinishReasons()
    {
        if (_laterChoices is null)
        {
            return _firstChoice.FinishReason is { } only ? CommonFinishReasons.GetList(only) : ValueList<string>.Empty;
        }

        return ValueList<string>.From([.. _laterChoices.Prepend(_firstChoice).Select(choice => choice.FinishReason).OfType<string>()]);
    }

    private static bool Record(ref Choice choice, string? finishReason)
    {
        bool isFirstMention = !choice.IsMentioned;
        choice = new Choice(IsMentioned: true, finishReason ?? choice.FinishReason);
        return isFirstMention;
    }

    // A choice that no document has mentioned has the default value. The list has such choices where indexes are missing.
    private readonly record struct Choice(bool IsMentioned, string? FinishReason);
}
