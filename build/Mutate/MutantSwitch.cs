using System.Globalization;
using System.Reflection;

namespace UsageCapture.Mutate;

/// <summary>Switches mutants on and off in the mutated assembly, which the tests of this process use.</summary>
internal sealed class MutantSwitch
{
    /// <summary>The number that is never a mutant's: all mutants are off.</summary>
    public const int None = -1;

    /// <summary>The environment variable with the active mutant at the start, which processes that a test starts inherit.</summary>
    public const string Variable = "USAGECAPTURE_MUTANT";

    private readonly FieldInfo _active;

    public MutantSwitch(Assembly mutated)
    {
        Type type = mutated.GetType(nameof(MutantSwitch), throwOnError: true)!;
        _active = type.GetField("Active")!;
        Hits = (byte[])type.GetField("Hits")!.GetValue(null)!;
        Static = (byte[])type.GetField("Static")!.GetValue(null)!;
    }

    /// <summary>Gets which mutants were reached since the last time that the array was cleared, by number.</summary>
    public byte[] Hits { get; }

    /// <summary>Gets which mutants were reached from a static constructor the first time. Their effect lasts until the process ends.</summary>
    public byte[] Static { get; }

    /// <summary>Makes the source that is compiled into the mutated assembly. Mutants ask it whether they are active.</summary>
    /// <param name="count">How many mutants there are.</param>
    public static string GetSource(int count) => $$"""
        internal static class MutantSwitch
        {
            public static int Active =
                int.TryParse(System.Environment.GetEnvironmentVariable("{{Variable}}"), out int id) ? id : {{None}};
            public static readonly byte[] Hits = new byte[{{count}}];
            public static readonly byte[] Static = new byte[{{count}}];
            private static readonly bool[] Seen = new bool[{{count}}];

            public static bool Is(int id)
            {
                if (Hits[id] == 0) { Hit(id); }
                return id == Active;
            }

            public static bool Not(int id, bool value) => Is(id) ? !value : value;

            private static void Hit(int id)
            {
                Hits[id] = 1;
                if (Seen[id]) { return; }

                Seen[id] = true;
                foreach (var frame in new System.Diagnostics.StackTrace().GetFrames())
                {
                    if (System.Diagnostics.DiagnosticMethodInfo.Create(frame)?.Name == ".cctor") { Static[id] = 1; }
                }
            }
        }
        """;

    /// <summary>Switches one mutant on and all others off.</summary>
    public void Activate(int mutant)
    {
        Environment.SetEnvironmentVariable(Variable, mutant.ToString(CultureInfo.InvariantCulture));
        _active.SetValue(null, mutant);
    }
}
