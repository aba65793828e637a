namespace UsageCapture.Mutate;

/// <summary>Which operator replaces which.</summary>
internal static class Operators
{
    private static readonly Dictionary<string, string> Others = new()
    {
        ["<"] = "<=",
        ["<="] = "<",
        [">"] = ">=",
        [">="] = ">",
        ["&&"] = "||",
        ["||"] = "&&",
        ["+"] = "-",
        ["-"] = "+",
        ["*"] = "/",
        ["/"] = "*",
        ["%"] = "*",
        ["<<"] = ">>",
        [">>"] = "<<",
        ["&"] = "|",
        ["|"] = "&",
        ["^"] = "&",
        ["+="] = "-=",
        ["-="] = "+=",
        ["*="] = "/=",
        ["/="] = "*=",
        ["|="] = "&=",
        ["&="] = "|=",
        ["^="] = "&=",
        ["<<="] = ">>=",
        [">>="] = "<<=",
    };

    /// <summary>Returns null for an operator that is not changed.</summary>
    public static string? GetOther(string symbol) => Others.GetValueOrDefault(symbol);
}
