using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace UsageCapture.Mutate;

/// <summary>
/// Writes all mutants of one file into its syntax tree, each behind a switch: <c>(MutantSwitch.Is(7) ? a &lt;= b : a &lt; b)</c>.
/// </summary>
/// <remarks>
/// A mutant's number depends on the source alone and not on <paramref name="omitted"/>, so the numbers stay when mutants that do not
/// compile are left out. The changed code of a mutant has no other mutants inside, so the size of the tree stays small.
/// </remarks>
/// <param name="model">The model of the original tree.</param>
/// <param name="file">The name for <see cref="Mutant.File"/>.</param>
/// <param name="firstId">The number of the first mutant.</param>
/// <param name="omitted">Mutants that are not written.</param>
internal sealed class Mutator(SemanticModel model, string file, int firstId, IReadOnlySet<int> omitted) : CSharpSyntaxRewriter
{
    /// <summary>The kind of the annotation that has a mutant's number, at the code that was written for it.</summary>
    public const string Annotation = "mutant";

    public List<Mutant> Mutants { get; } = [];

    public override SyntaxNode? Visit(SyntaxNode? node)
    {
        if (node is null || SyntaxPlace.NeedsConstant(node))
        {
            return node;
        }

        SyntaxNode? rewritten = node is CaseSwitchLabelSyntax ? node : base.Visit(node);
        return node switch
        {
            ExpressionSyntax expression => MutateExpression(expression, (ExpressionSyntax)rewritten!),
            StatementSyntax statement => MutateStatement(statement, (StatementSyntax)rewritten!),
            SwitchExpressionArmSyntax arm => MutateArm(arm, (SwitchExpressionArmSyntax)rewritten!),
            SwitchLabelSyntax label => MutateLabel(label, (SwitchLabelSyntax)rewritten!),
            _ => rewritten,
        };
    }

    private ExpressionSyntax MutateExpression(ExpressionSyntax original, ExpressionSyntax current)
    {
        switch (original)
        {
            case LiteralExpressionSyntax or IdentifierNameSyntax or MemberAccessExpressionSyntax:
                current = MutateConstant(original, current);
                break;
            case BinaryExpressionSyntax binary:
                current = MutateBinary(binary, current);
                break;
            case InterpolatedStringExpressionSyntax when IsString(original):
                current = Replace(original, current, "\"\"");
                break;
            case PostfixUnaryExpressionSyntax or PrefixUnaryExpressionSyntax when original.Parent is not (StatementSyntax):
                current = MutateStep(original, current);
                break;
            case AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax } assignment:
                var entry = (AssignmentExpressionSyntax)current;
                current = entry.WithRight(ReplaceByDefault(assignment.Right, entry.Right, TypeOf(assignment.Left)));
                break;
        }

        if (SyntaxPlace.IsCondition(original))
        {
            return Negate(original, current);
        }

        return SyntaxPlace.IsReturned(original) ? MutateReturned(original, current) : current;
    }

    // Numbers ±1, characters + 1, texts emptied, true and false exchanged.
    private ExpressionSyntax MutateConstant(ExpressionSyntax original, ExpressionSyntax current)
    {
        if (SyntaxPlace.IsPartOfName(original) || SyntaxPlace.IsArgumentOf(original, "ConfigureAwait"))
        {
            return current;
        }

        switch (original.Kind())
        {
            case SyntaxKind.TrueLiteralExpression:
                return Replace(original, current, "false");
            case SyntaxKind.FalseLiteralExpression:
                return Replace(original, current, "true");
            case SyntaxKind.Utf8StringLiteralExpression:
                bool isEmpty = ((LiteralExpressionSyntax)original).Token.ValueText.Length == 0;
                return Replace(original, current, isEmpty ? "\"mutated\"u8" : "\"\"u8");
        }

        TypeInfo type = model.GetTypeInfo(original);
        Optional<object?> constant = model.GetConstantValue(original);
        if (!constant.HasValue || type.Type?.TypeKind == TypeKind.Enum)
        {
            return current;
        }

        if (constant.Value is string text)
        {
            return Replace(original, current, text.Length > 0 ? "\"\"" : "\"mutated\"");
        }

        if (constant.Value is null or bool || type.ConvertedType is not { } target || target.TypeKind == TypeKind.Enum)
        {
            return current;
        }

        decimal value = constant.Value is char letter ? letter : Convert.ToDecimal(constant.Value, CultureInfo.InvariantCulture);
        if (value != 1)
        {
            current = Replace(original, current, $"{original} + 1", target);
        }

        return value >= 1 && constant.Value is not char ? Replace(original, current, $"{original} - 1", target) : current;
    }

    private ExpressionSyntax MutateBinary(BinaryExpressionSyntax original, ExpressionSyntax current)
    {
        var rewritten = (BinaryExpressionSyntax)current;
        switch (original.Kind())
        {
            case SyntaxKind.EqualsExpression or SyntaxKind.NotEqualsExpression:
                return Negate(original, current);
            case SyntaxKind.LessThanExpression or SyntaxKind.LessThanOrEqualExpression
                or SyntaxKind.GreaterThanExpression or SyntaxKind.GreaterThanOrEqualExpression:
                return Negate(original, ReplaceOperator(original, current));
            case SyntaxKind.LogicalAndExpression when SyntaxPlace.Declares(original):
                return Wrap(original.Right, "true", (id, _) => rewritten.WithRight(Parse($"{Is(id)} || _", rewritten.Right)), rewritten);
            case SyntaxKind.LogicalOrExpression when SyntaxPlace.Declares(original):
                return Wrap(original.Right, "false", (id, _) => rewritten.WithRight(Parse($"!{Is(id)} && _", rewritten.Right)), rewritten);
            case SyntaxKind.LogicalAndExpression or SyntaxKind.LogicalOrExpression:
                return ReplaceOperator(original, current);
            case SyntaxKind.CoalesceExpression:
                return rewritten.WithRight(ReplaceByDefault(original.Right, rewritten.Right, TypeOf(original)));
            default:
                return IsNumber(TypeOf(original)) || TypeOf(original)?.SpecialType == SpecialType.System_Boolean
                    ? ReplaceOperator(original, current)
                    : current;
        }
    }

    private ExpressionSyntax ReplaceOperator(BinaryExpressionSyntax original, ExpressionSyntax current)
    {
        string? other = Operators.GetOther(original.OperatorToken.Text);
        return other is null || SyntaxPlace.Declares(original)
            ? current
            : Replace(
                original,
                current,
                $"{original.Left.WithoutTrivia()} {other} {original.Right.WithoutTrivia()}",
                ConstantTarget(original));
    }

    // x++ as part of an expression becomes x--, and the reverse.
    private ExpressionSyntax MutateStep(ExpressionSyntax original, ExpressionSyntax current)
    {
        string text = original.ToString();
        string mutated = text.Contains("++", StringComparison.Ordinal)
            ? text.Replace("++", "--", StringComparison.Ordinal)
            : text.Replace("--", "++", StringComparison.Ordinal);
        bool isStepOfLoop = original.Parent is ForStatementSyntax; // The loop would not end.
        return isStepOfLoop || mutated == text ? current : Replace(original, current, mutated);
    }

    private ExpressionSyntax MutateReturned(ExpressionSyntax original, ExpressionSyntax current)
    {
        bool hasOwnMutants = original is LiteralExpressionSyntax or ThrowExpressionSyntax or RefExpressionSyntax
            || original is BinaryExpressionSyntax binary && TypeOf(binary)?.SpecialType == SpecialType.System_Boolean;
        if (hasOwnMutants || model.GetTypeInfo(original).ConvertedType is not { } type || type.SpecialType == SpecialType.System_Void)
        {
            return current;
        }

        // A null task fails at once wherever it is awaited, so it tells nothing.
        return type.SpecialType == SpecialType.System_Boolean ? Negate(original, current)
            : type.Name == nameof(Task) ? current
            : ReplaceByDefault(original, current, type);
    }

    private StatementSyntax MutateStatement(StatementSyntax original, StatementSyntax current)
    {
        if (original is ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax assignment } && IsNumber(TypeOf(assignment.Left))
            && Operators.GetOther(assignment.OperatorToken.Text) is { } other)
        {
            string mutated = $"{assignment.Left.WithoutTrivia()} {other} {assignment.Right.WithoutTrivia()};";
            current = Wrap(
                original,
                mutated,
                (id, statement) => IfStatement(ParseExpression(Is(id)), Block(ParseStatement(mutated)), ElseClause(Block(statement))),
                current);
        }

        return SyntaxPlace.CanBeRemoved(original)
            ? Wrap(
                original,
                "(removed)",
                (id, statement) => IfStatement(ParseExpression($"!{Is(id)}"), Block(statement)),
                current,
                isRemoval: true)
            : current;
    }

    // The arm never matches.
    private SwitchExpressionArmSyntax MutateArm(SwitchExpressionArmSyntax original, SwitchExpressionArmSyntax current) =>
        original.Pattern is DiscardPatternSyntax or VarPatternSyntax
            ? current
            : Wrap(original, "(arm removed)", (id, arm) => arm.WithWhenClause(WhenNot(id, arm.WhenClause)), current);

    // The label never matches.
    private SwitchLabelSyntax MutateLabel(SwitchLabelSyntax original, SwitchLabelSyntax current) => current switch
    {
        CaseSwitchLabelSyntax label => Wrap<SwitchLabelSyntax>(
            original,
            "(case removed)",
            (id, _) => CasePatternSwitchLabel(ConstantPattern(label.Value), WhenNot(id, null), label.ColonToken),
            label),
        CasePatternSwitchLabelSyntax { Pattern: not VarPatternSyntax } pattern => Wrap<SwitchLabelSyntax>(
            original, "(case removed)", (id, _) => pattern.WithWhenClause(WhenNot(id, pattern.WhenClause)), pattern),
        _ => current,
    };

    private static WhenClauseSyntax WhenNot(int id, WhenClauseSyntax? existing) =>
        WhenClause(existing is null ? ParseExpression($"!{Is(id)}") : Parse($"!{Is(id)} && _", Parenthesize(existing.Condition)));

    private ExpressionSyntax Negate(ExpressionSyntax original, ExpressionSyntax current) =>
        SyntaxPlace.Declares(original, patternsOnly: true)
        ? current
        : Wrap(original, $"!({original})", (id, expression) => Parse($"global::MutantSwitch.Not({id}, _)", expression), current);

    private ExpressionSyntax ReplaceByDefault(ExpressionSyntax original, ExpressionSyntax current, ITypeSymbol? type)
    {
        Optional<object?> constant = model.GetConstantValue(original);
        bool isDefault = constant.HasValue && constant.Value is null or false or 0;
        bool hasOwnMutants = original is LiteralExpressionSyntax or InitializerExpressionSyntax;
        return isDefault || hasOwnMutants || type is null or IErrorTypeSymbol
            ? current
            : Replace(original, current, $"default({type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)})!");
    }

    private ExpressionSyntax Replace(ExpressionSyntax original, ExpressionSyntax current, string mutated, ITypeSymbol? target = null)
    {
        string cast = target is null ? "" : $"({target.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)})";
        return Wrap(original, mutated, (id, expression) => Parse($"{cast}({Is(id)} ? ({mutated}) : _)", expression), current);
    }

    /// <summary>Gives a mutant its number, and writes it unless it is left out.</summary>
    private T Wrap<T>(SyntaxNode original, string mutated, Func<int, T, SyntaxNode> write, T current, bool isRemoval = false)
        where T : SyntaxNode
    {
        int id = firstId + Mutants.Count;
        int line = original.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
        Mutants.Add(new Mutant(id, file, line, original.WithoutTrivia().ToString(), mutated, isRemoval));
        return omitted.Contains(id)
            ? current
            : (T)write(id, current.WithoutTrivia()).WithTriviaFrom(current)
                .WithAdditionalAnnotations(new SyntaxAnnotation(Annotation, id.ToString(CultureInfo.InvariantCulture)));
    }

    private static string Is(int id) => $"global::MutantSwitch.Is({id})";

    private static ParenthesizedExpressionSyntax Parenthesize(ExpressionSyntax expression) =>
        ParenthesizedExpression(expression.WithoutTrivia());

    /// <summary>Parses an expression and puts another one, in parentheses, in the place of its only <c>_</c>.</summary>
    private static ExpressionSyntax Parse(string text, ExpressionSyntax inner)
    {
        ExpressionSyntax outer = ParenthesizedExpression(ParseExpression(text));
        IdentifierNameSyntax place = outer.DescendantNodes().OfType<IdentifierNameSyntax>().Last(name => name.Identifier.Text == "_");
        return outer.ReplaceNode(place, Parenthesize(inner));
    }

    private ITypeSymbol? TypeOf(ExpressionSyntax expression) => model.GetTypeInfo(expression).Type;

    private bool IsString(ExpressionSyntax expression) =>
        model.GetTypeInfo(expression).ConvertedType?.SpecialType == SpecialType.System_String;

    // A constant fits a smaller type without a cast; the switch does not.
    private ITypeSymbol? ConstantTarget(ExpressionSyntax expression) =>
        model.GetConstantValue(expression).HasValue ? model.GetTypeInfo(expression).ConvertedType : null;

    private static bool IsNumber(ITypeSymbol? type) => type is not null
        && (type.TypeKind == TypeKind.Enum || type.SpecialType is >= SpecialType.System_Char and <= SpecialType.System_Double
            || type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
                && IsNumber(nullable.TypeArguments[0])
            || type.Name is nameof(TimeSpan) or nameof(DateTimeOffset) or nameof(UInt128) or nameof(Int128));
}
