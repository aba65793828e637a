using System.Globalization;
using Spectre.Console;

namespace Quickstart;

/// <summary>Prints the questions, and the answers while they arrive. Lines are wrapped between words.</summary>
/// <remarks>For each question, call <see cref="PrintQuestion"/>, <see cref="Write"/> for each part of the answer, and <see cref="EndAnswer"/>.</remarks>
internal sealed class Screen
{
    private const int RedirectedWidth = 100; // A file has no width. This one holds the table of records.
    private const int MaxLineLength = 96; // Longer lines are hard to read.
    private const string Margin = "   ";

    private readonly IAnsiConsole _console = AnsiConsole.Console;
    private readonly TextWriter _out;
    private readonly int _width;
    private int _headingCount;
    private int _column;
    private string _word = ""; // The word that is still arriving. It is printed when it is complete, because only then its line is known.

    public Screen()
    {
        Console.OutputEncoding = System.Text.Encoding.UTF8;
        if (Console.IsOutputRedirected)
        {
            _console.Profile.Width = RedirectedWidth;
            _console.Profile.Capabilities.Ansi = false;
            _console.Profile.Capabilities.ColorSystem = ColorSystem.NoColors;
        }

        _out = _console.Profile.Out.Writer;
        _width = Math.Min(_console.Profile.Width, MaxLineLength);
    }

    public bool HasFailed { get; private set; }

    public void PrintIntroduction(Uri? loopbackServer)
    {
        _console.WriteLine();
        Print($"[bold]UsageCapture[/]: exact token usage of every call.");
        Print(loopbackServer is null
            ? (FormattableString)$"[grey]Your keys are used to call the real services.[/]"
            : $"[grey]No key found. The local server {loopbackServer} imitates OpenAI and Azure.[/]");
    }

    public void PrintHeading(string title, string description)
    {
        _console.WriteLine();
        Print($"[bold deepskyblue1]{++_headingCount}  {title}[/] [grey]· {description}[/]");
    }

    public void PrintQuestion(string question)
    {
        Print($"{Margin}[italic]{question}[/]");
        _column = 0;
    }

    public void Write(string text)
    {
        foreach (char character in text)
        {
            if (char.IsWhiteSpace(character))
            {
                WriteWord();
            }
            else
            {
                _word += character;
            }
        }
    }

    public void EndAnswer()
    {
        WriteWord();
        _out.WriteLine();
        _column = 0;
    }

    public void PrintFailure(Exception exception)
    {
        HasFailed = true;
        if (_column > 0)
        {
            EndAnswer();
        }

        // After retries, the SDK throws an AggregateException with the exception of each attempt.
        Exception cause = exception is AggregateException { InnerExceptions: [.., var last] } ? last : exception;
        Print($"{Margin}[red]The call failed: {cause.Message.ReplaceLineEndings(" ")}[/]");
    }

    private void Print(FormattableString markup) => _console.MarkupLineInterpolated(CultureInfo.InvariantCulture, markup);

    private void WriteWord()
    {
        if (_word.Length == 0)
        {
            return;
        }

        if (_column + 1 + _word.Length > _width)
        {
            _out.WriteLine();
            _column = 0;
        }

        string before = _column == 0 ? Margin : " ";
        _out.Write($"{before}{_word}");
        _out.Flush();
        _column += before.Length + _word.Length;
        _word = "";
    }
}
