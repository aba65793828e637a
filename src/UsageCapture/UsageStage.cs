namespace UsageCapture;

/// <summary>How much of a response a report of usage covers.</summary>
public enum UsageStage
{
    /// <summary>Counts of the response so far. They are the final ones when the response ends after them.</summary>
    Running,

    /// <summary>Counts that lack what every whole response has, or have a placeholder for it. They are not final even at the response's end.</summary>
    Incomplete,

    /// <summary>The provider's last word: nothing more is generated after it.</summary>
    Final,
}
