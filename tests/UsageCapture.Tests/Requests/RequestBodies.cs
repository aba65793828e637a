using FsCheck;
using FsCheck.Fluent;

namespace UsageCapture.Tests.Requests;

/// <summary>Request bodies as callers write them, and as nobody should: any order, any white space, any nesting, names twice.</summary>
internal static class RequestBodies
{
    private static readonly Gen<string> WhiteSpace = Gen.Elements("", "", "", " ", "\n  ", "\t", "\r\n");

    private static readonly Gen<string> Scalar = Gen.Elements(
        "null", "true", "false", "0", "-0", "1e400", "12345678901234567890123", "0.1000", "-1.5E-7", "\"\"", "\"text\"", "\"\\u00e9\\n\\\"\"",
        "\"ça va 你好 🙂\"", "\"stream\"", "\"\\\"stream\\\":true\"", "\"}\"", "\"\\\\\"", "\"\\ud83d\\ude42\"");

    private static readonly Gen<string> Name = Gen.Elements(
        "model", "messages", "temperature", "tools", "n", "user", "metadata", "stream ", "Stream", "include_usage", "st\\u0072eam_", "ключ", "");

    private static readonly Gen<string> Option = Gen.Elements(
        "\"include_usage\":true", "\"include_usage\": false", "\"include_usage\":null", "\"include_obfuscation\" :false", "\"x\":{\"include_usage\":true}",
        "\"\\u0069nclude_usage\":false", "\"include_usage\":\"yes\"", "\"include_usage\":[1]");

    private static readonly Gen<string> StreamOptions =
        Gen.OneOf(
            Gen.Elements("null", "{}", "{ }", "[]", "\"on\"", "1"),
            Members(Option, 3).Select(members => "{" + members + "}"));

    /// <summary>Gets bodies that are JSON objects.</summary>
    public static Gen<string> Objects { get; } =
        from members in Members(Member(depth: 3), 9)
        from before in Gen.Elements("", "", "", "\uFEFF", " ", "\r\n")
        from after in WhiteSpace
        select before + "{" + members + "}" + after;

    /// <summary>Gets bodies that are no JSON objects, or none any more.</summary>
    public static Gen<string> Damaged { get; } = Gen.OneOf(
        Gen.Elements("", " ", "null", "[{\"stream\":true}]", "\"stream\"", "stream=true&model=m", "{\"stream\":true}{}", "{\"stream\":true,}"),
        from body in Objects
        from at in Gen.Choose(0, body.LastIndexOf('}'))
        select char.IsHighSurrogate(body, Math.Max(0, at - 1)) ? body[..(at - 1)] : body[..at],
        from body in Objects
        select body + "x");

    private static Gen<string> Member(int depth) => Gen.Frequency(
        (4, from name in Name from value in Value(depth) from space in WhiteSpace select $"{space}\"{name}\"{space}:{space}{value}{space}"),
        (4, from space in WhiteSpace from value in Gen.Elements("true", "true", "true", "false", "null", "\"true\"", "1") select $"{space}\"stream\":{space}{value}"),
        (1, Gen.Constant("\"str\\u0065am\":true")),
        (2, from value in StreamOptions from space in WhiteSpace select $"\"stream_options\"{space}:{value}{space}"),
        (1, from value in Gen.Elements("null", "[{\"type\":\"azure_search\"}]") select $"\"data_sources\":{value}"));

    private static Gen<string> Value(int depth) => depth == 0
        ? Scalar
        : Gen.Frequency(
            (3, Scalar),
            (1, Members(Member(depth - 1), 3).Select(members => "{" + members + "}")),
            (1, Members(Value(depth - 1), 3).Select(elements => "[" + elements + "]")));

    private static Gen<string> Members(Gen<string> member, int most) =>
        from count in Gen.Choose(0, most)
        from members in Gen.ListOf(member, count)
        select string.Join(",", members);
}
