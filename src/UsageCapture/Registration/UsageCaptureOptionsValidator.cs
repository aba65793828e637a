using Microsoft.Extensions.Options;

namespace UsageCapture.Registration;

/// <summary>Says in full sentences what is wrong with options, at start-up where there is a host.</summary>
internal sealed class UsageCaptureOptionsValidator : IValidateOptions<UsageCaptureOptions>
{
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(10);
    private const int LargestDrain = 1024 * 1024 * 1024;

    public ValidateOptionsResult Validate(string? name, UsageCaptureOptions options) => Validate(options);

    public static ValidateOptionsResult Validate(UsageCaptureOptions options)
    {
        List<string> failures = [];
        if (!Enum.IsDefined(options.UsageRequest))
        {
            failures.Add($"UsageRequest is {(int)options.UsageRequest}, which is no value of it. Choose WhenUnspecified, Always or Never.");
        }

        if (!Enum.IsDefined(options.InjectedUsage))
        {
            failures.Add($"InjectedUsage is {(int)options.InjectedUsage}, which is no value of it. Choose Forward or Hide.");
        }

        if (options.PublishTimeout < ShortestTimeout || options.PublishTimeout > LongestTimeout)
        {
            failures.Add(
                $"PublishTimeout is {options.PublishTimeout}. Choose from 1 millisecond to 10 minutes: it bounds how long the end of a response waits for sinks.");
        }

        if (options.DrainTimeout < TimeSpan.Zero || options.DrainTimeout > LongestTimeout)
        {
            failures.Add(
                $"DrainTimeout is {options.DrainTimeout}. Choose from zero, which is not at all, to 10 minutes: it bounds how long a response is read after its caller has left.");
        }

        if (options.DrainLimit is < 1 or > LargestDrain)
        {
            failures.Add(
                $"DrainLimit is {options.DrainLimit}. Choose from 1 byte to 1 GiB, and a DrainTimeout of zero to read nothing after the caller has left.");
        }

        failures.AddRange(options.MistakesInPaths());
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
