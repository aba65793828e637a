namespace UsageCapture.Benchmarks.Comparison;

/// <summary>The builds that are compared, all loaded in the same way, so that none of them has an advantage.</summary>
/// <param name="ThisBuild">The build that this project references.</param>
/// <param name="OtherBuild">The build beside which it is measured.</param>
/// <param name="ThisBuildAgain">A second copy of this build. Its distance from the first one is what the measurement cannot tell apart.</param>
internal sealed record ComparedBuilds(LoadedBuild ThisBuild, LoadedBuild OtherBuild, LoadedBuild ThisBuildAgain)
{
    private const string FileName = "UsageCapture.dll";

    /// <summary>Loads the builds.</summary>
    /// <param name="folder">The folder that holds the other build's <c>UsageCapture.dll</c>.</param>
    public static ComparedBuilds Load(string folder)
    {
        string current = typeof(UsageCaptureHandler).Assembly.Location;
        return new ComparedBuilds(
            new LoadedBuild(current), new LoadedBuild(Path.GetFullPath(Path.Combine(folder, FileName))), new LoadedBuild(current));
    }
}
