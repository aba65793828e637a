using System.Buffers;

namespace UsageCapture.Providers;

/// <summary>Reads the tokens of JSON in the form that nearly all servers send. <see cref="CountReader{TCount}"/> reads other forms in another way.</summary>
internal static class PlainJson
{
    // The greatest count, 2⁵³, has 16 digits. Every number of 15 digits is below it.
    private const int MaxDigits = 15;

    // Each of these characters stands for itself, so a name of only these needs no decoding and is valid.
    private static readonly SearchValues<byte> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"u8);

    /// <summary>Returns whether a name has only letters of ASCII, digits and underscores.</summary>
    public static bool IsPlainName(ReadOnlySpan<byte> name) => !name.ContainsAnyExcept(NameCharacters);

    /// <summary>Returns the index after one space, or the same index when there is no space.</summary>
    public static int SkipSpace(ReadOnlySpan<byte> json, int index) => index < json.Length && json[index] == ' ' ? index + 1 : index;

    /// <summary>Reads a whole number at the start of a text.</summary>
    /// <param name="json">The text.</param>
    /// <param name="number">The number; undefined when there is none.</param>
    /// <param name="digitCount">How many digits it has.</param>
    /// <returns>
    /// False when the number may not be valid JSON or may be no count: it has more than 15 digits, a sign, a fraction, an exponent or a zero
    /// at its start, or something else than a comma, a brace or a space comes after it.
    /// </returns>
    public static bool TryReadWholeNumber(ReadOnlySpan<byte> json, out long number, out int digitCount)
    {
        number = 0;
        digitCount = 0;
        while (digitCount < json.Length && char.IsAsciiDigit((char)json[digitCount]))
        {
            if (digitCount == MaxDigits)
            {
                return false;
            }

            number = (number * 10) + json[digitCount++] - '0';
        }

        bool hasLeadingZero = digitCount > 1 && json[0] == '0'; // JSON has no numbers such as 012.
        return digitCount > 0 && !hasLeadingZero && digitCount < json.Length && json[digitCount] is (byte)',' or (byte)'}' or (byte)' ';
    }
}
