namespace Quickstart;

/// <summary>How one service's answers differ from another's.</summary>
/// <param name="Model">The model that answers.</param>
/// <param name="IsAzure">Whether the stream begins with the content filter's verdict on the prompt, and Azure's headers are sent.</param>
/// <param name="ReportsDetails">Whether usage says more than the three totals; older models say no more.</param>
internal sealed record ChatDialect(string Model, bool IsAzure, bool ReportsDetails)
{
    public static ChatDialect OpenAI { get; } = new("gpt-5-mini-2025-08-07", IsAzure: false, ReportsDetails: true);

    public static ChatDialect Azure { get; } = new("gpt-5-mini-2025-08-07", IsAzure: true, ReportsDetails: true);

    public static ChatDialect DatedAzure { get; } = new("gpt-4-0613", IsAzure: true, ReportsDetails: false);
}
