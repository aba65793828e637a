using Microsoft.Extensions.Options;

using UsageCapture.Recognition;

namespace UsageCapture.Registration;

/// <summary>Validates options when the host starts or a handler is created. Each failure is a sentence with the value and the allowed values.</summary>
internal sealed class UsageCaptureOptionsValidator : IValidateOptions<UsageCaptureOptions>
{
    // With zero, no sink could store a record in time. A millisecond is the shortest time that a timer of .NET measures.
    private static readonly TimeSpan MinPublishTimeout = TimeSpan.FromMilliseconds(1);

    // Whole responses take less time, so a longer wait is of no use. A larger value is probably a mistake in the unit.
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromMinutes(10);

    // Far more than any response. A larger value is probably a mistake in the unit.
    private const int LargestMaxDrainBytes = 1024 * 1024 * 1024;

    // Each drain keeps a connection open, and servers and systems allow some thousands.
    private const int LargestMaxConcurrentDrains = 10_000;

    /// <summary>Validates the options of a client. The container calls it.</summary>
    public ValidateOptionsResult Validate(string? name, UsageCaptureOptions options) => Validate(options);

    /// <summary>Validates options.</summary>
    /// <returns>Success, or a failure with a sentence for each invalid value.</returns>
    public static ValidateOptionsResult Validate(UsageCaptureOptions options)
    {
        List<string> failures = [];
        if (!Enum.IsDefined(options.UsageRequest))
        {
            failures.Add($"UsageRequest is {(int)options.UsageRequest}, which is not a value of UsageRequestMode. Choose WhenUnspecified, Always or Never.");
        }

        if (!Enum.IsDefined(options.InjectedUsage))
        {
            failures.Add($"InjectedUsage is {(int)options.InjectedUsage}, which is not a value of InjectedUsageMode. Choose Forward or Hide.");
        }

        if (options.PublishTimeout < MinPublishTimeout || options.PublishTimeout > MaxTimeout)
        {
            failures.Add(
                $"PublishTimeout is {options.PublishTimeout}. Choose from 1 millisecond to 10 minutes. It limits how long the end of a response waits for sinks.");
        }

        if (options.DrainTimeout < TimeSpan.Zero || options.DrainTimeout > MaxTimeout)
        {
            failures.Add(
                $"DrainTimeout is {options.DrainTimeout}. Choose from zero, which turns draining off, to 10 minutes. It limits how long a response is read after the caller has disposed it.");
        }

        if (options.MaxDrainBytes is < 1 or > LargestMaxDrainBytes)
        {
            failures.Add(
                $"MaxDrainBytes is {options.MaxDrainBytes}. Choose from 1 byte to 1 GiB. To turn draining off, set DrainTimeout to zero.");
        }

        if (options.MaxConcurrentDrains is < 1 or > LargestMaxConcurrentDrains)
        {
            failures.Add(
                $"MaxConcurrentDrains is {options.MaxConcurrentDrains}. Choose from 1 to 10,000 responses. To turn draining off, set DrainTimeout to zero.");
        }

        failures.AddRange(options.ExcludedPaths
            .Where(path => path is not ['/' or ':', _, ..])
            .Select(path => $"The path '{path}' in ExcludedPaths does not begin with a slash or a colon, or has nothing after it. Write the end of the request's path, without its host, such as '/api/chat'."));

        // The protocols of the paths are compared with those of the providers, so the providers must be valid.
        string[] mistakesInProviders = [.. options.Providers.Select(FindMistakeInProvider).OfType<string>()];
        failures.AddRange(mistakesInProviders.Length > 0
            ? mistakesInProviders
            : options.Paths.Select(mapped => MappedPathCheck.FindMistake(mapped.Key, mapped.Value, options.Providers)).OfType<string>());
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    /// <summary>Describes the mistake in an element of <see cref="UsageCaptureOptions.Providers"/> in one sentence; null when there is none.</summary>
    private static string? FindMistakeInProvider(UsageProvider? provider, int index)
    {
        if (provider is null)
        {
            return $"The element {index} of Providers is null. Remove it, or put a UsageProvider in its place.";
        }

        try
        {
            return string.IsNullOrEmpty(provider.Protocol)
                ? $"The Protocol of {provider.GetType().Name} in Providers is null or empty. Return the name of the wire format, such as 'acme-generate'."
                : null;
        }
#pragma warning disable CA1031 // The provider is the user's own code. Its exception is part of the sentence.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return $"The Protocol of {provider.GetType().Name} in Providers threw {exception.GetType().Name}: {exception.Message} Return the name of the wire format.";
        }
    }
}
