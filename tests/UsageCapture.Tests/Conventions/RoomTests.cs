using ArchUnitNET.Domain;
using ArchUnitNET.Domain.Dependencies;
using ArchUnitNET.Loader;

namespace UsageCapture.Tests.Conventions;

/// <summary>Holds which room of the core may use which. A room is a namespace below <c>UsageCapture</c>, with all namespaces below it.</summary>
/// <remarks>
/// The test reads the compiled assembly: base types, attributes, fields, signatures and method bodies. ArchUnitNET does not see
/// constants, the types of catch clauses and the bodies of async iterators.
/// </remarks>
public sealed class RoomTests
{
    // The public types, the handler and the registration methods. They may use every room.
    private const string Root = "the root";

    private static readonly string[] RootNamespaces = ["UsageCapture", "Microsoft.Extensions.DependencyInjection"];

    // room → what it may use besides itself
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Recognition"] = [Root, "Providers", "Decoding", "Telemetry"],
        ["Requests"] = [Root, "Decoding", "Telemetry"],
        ["Responses"] = [Root, "Exchanges", "Requests", "Decoding", "Telemetry"], // The ends of events go from the decoder to the filter.
        ["Exchanges"] = [Root, "Decoding", "Recognition", "Delivery", "Telemetry"],
        ["Decoding"] = [],
        ["Providers"] = [Root, "Decoding"],
        ["Delivery"] = [Root, "Telemetry"],
        ["Telemetry"] = [Root],
        ["Registration"] =
        [
            Root, "Recognition", "Requests", "Responses", "Exchanges", "Decoding", "Providers", "Delivery", "Telemetry",
        ],
    };

    private static readonly Architecture Core = new ArchLoader().LoadAssembly(typeof(UsageCaptureHandler).Assembly).Build();

    private static readonly HashSet<IType> CoreTypes = [.. Core.Types];

    public static TheoryData<string> Rooms => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Type_InARoom_UsesAllowedRoomsOnly(string room)
    {
        string[] allowed = [room, .. Allowed[room]];
        string[] violations =
        [
            .. CoreTypes
                .Where(type => RoomOf(type) == room)
                .SelectMany(type => type.Dependencies)
                .Where(dependency => CoreTypes.Contains(dependency.Target) && !allowed.Contains(RoomOf(dependency.Target)))
                .Select(dependency => Describe(dependency, room))
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];

        Assert.True(violations.Length == 0, string.Join(Environment.NewLine, violations));
    }

    [Fact]
    public void Namespace_OfTheCore_IsTheRootOrARoom() =>
        Assert.Subset(new HashSet<string>([Root, .. Allowed.Keys]), CoreTypes.Select(RoomOf).ToHashSet());

    private static string RoomOf(IType type)
    {
        string name = type.Namespace.FullName;
        return RootNamespaces.Contains(name) ? Root : name.Split('.') is ["UsageCapture", { } room, ..] ? room : name;
    }

    private static string Describe(ITypeDependency dependency, string room)
    {
        string member = dependency is IMemberTypeDependency { OriginMember.Name: { } name }
            ? $"{dependency.Origin.FullName}.{name}"
            : dependency.Origin.FullName;
        string allowed = Allowed[room] is [_, ..] rooms ? $"{room} may use only {string.Join(", ", rooms)}" : $"{room} may use no other room";
        return $"{member} uses {dependency.Target.FullName} of {RoomOf(dependency.Target)}; {allowed}.";
    }
}
