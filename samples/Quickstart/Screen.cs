using System.Globalization;
using Spectre.Console;

namespace Quickstart;

/// <summary>Prints questions and, while they stream in, answers.</summary>
internal sealed class Screen
{
    private const int RedirectedWidth = 100;
    private const int LongestLine = 96;
    private const string Margin = "   ";

    private readonly IAnsiConsole _console = AnsiConsole.Console;
    private readonly TextWriter _out;
    private readonly int _width;
    private int _headings;
    private int _column;
    private string _word = ""; // The word that has begun to arrive: only when it is whole is it known where it fits.

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
        _width = Math.Min(_console.Profile.Width, LongestLine);
    }

    public bool HasFailed { get; private set; }

    public void Introduce(Uri? loopbackServer)
    {
        _console.WriteLine();
        Print($"[bold]UsageCapture[/]: exact token usage of every call, in passing.");
        Print(loopbackServer is null
            ? (FormattableString)$"[grey]The answers come from the services that your keys are for.[/]"
            : $"[grey]No key found, none needed: {loopbackServer} stands in for OpenAI and for Azure.[/]");
    }

    public void Heading(string title, string how)
    {
        _console.WriteLine();
        Print($"[bold deepskyblue1]{++_headings}  {title}[/] [grey]· {how}[/]");
    }

    public void Ask(string question)
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

    public void Fail(Exception exception)
    {
        HasFailed = true;
        if (_column > 0)
        {
            EndAnswer();
        }

        Exception cause = exception is AggregateException { InnerExceptions: [.., var last] } ? last : exception; // One for each attempt.
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
