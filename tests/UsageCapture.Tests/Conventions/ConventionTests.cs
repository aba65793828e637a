using System.Reflection;

using UsageCapture.Testing;

namespace UsageCapture.Tests.Conventions;

/// <summary>The rules of the house.</summary>
public sealed class ConventionTests
{
    public static TheoryData<Assembly> Packages =>
        [typeof(UsageCaptureHandler).Assembly, typeof(UsageCaptureClientPipelineOptionsExtensions).Assembly, typeof(Recording).Assembly];

    [Theory]
    [MemberData(nameof(Packages))]
    public void Type_InARoomOfAPackage_IsInternal(Assembly package)
    {
        string[] faces = ["UsageCapture", "UsageCapture.Testing", "Microsoft.Extensions.DependencyInjection"];

        Assert.All(package.GetExportedTypes(), type => Assert.Contains(type.Namespace, faces));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void PublicClass_NotMadeForInheritance_IsSealed(Assembly package) =>
        Assert.DoesNotContain(package.GetExportedTypes(), type => type.IsClass && !type.IsSealed && !type.IsAbstract);

    [Fact]
    public void Core_DependsOnMicrosoftExtensionsHttpOnly() => Assert.DoesNotContain(
        typeof(UsageCaptureHandler).Assembly.GetReferencedAssemblies(),
        assembly => !assembly.Name!.StartsWith("System.", StringComparison.Ordinal)
            && !assembly.Name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal));
}
