namespace Quickstart;

/// <summary>The differences between the responses of the services that the loopback server imitates.</summary>
/// <param name="Model">The model that the responses report.</param>
/// <param name="IsAzure">Whether streams start with the results of the content filter, and Azure's headers are sent.</param>
/// <param name="ReportsDetails">Whether usage includes cached and reasoning tokens. Older models report the three totals only.</param>
internal sealed record ChatDialect(string Model, bool IsAzure, bool ReportsDetails)
{
    public static ChatDialect OpenAI { get; } = new("gpt-5-mini-2025-08-07", IsAzure: false, ReportsDetails: true);

    public static ChatDialect Azure { get; } = new("gpt-5-mini-2025-08-07", IsAzure: true, ReportsDetails: true);

    /// <summary>Gets the dialect of an Azure address with a dated API version and an old model.</summary>
    public static ChatDialect DatedAzure { get; } = new("gpt-4-0613", IsAzure: true, ReportsDetails: false);
}
