using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace UsageCapture.Mutate;

/// <summary>Says what may be changed at a place in the source.</summary>
internal static class SyntaxPlace
{
    /// <summary>Returns whether the language wants a constant here, or a type.</summary>
    /// <remarks>A constant is changed where it is used, because a switch is no constant.</remarks>
    public static bool NeedsConstant(SyntaxNode node) => node switch
    {
        AttributeListSyntax or EnumMemberDeclarationSyntax or ParameterSyntax or ConstantPatternSyntax or RelationalPatternSyntax => true,
        TypeSyntax => node is not (NameSyntax or ArrayTypeSyntax),
        FieldDeclarationSyntax field => field.Modifiers.Any(SyntaxKind.ConstKeyword),
        LocalDeclarationStatementSyntax local => local.IsConst,
        InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "nameof" } } => true,
        _ => false,
    };

    /// <summary>Returns whether an expression is not a value but a part of a longer name, or the name of an argument.</summary>
    public static bool IsPartOfName(ExpressionSyntax expression) =>
        expression.Parent is MemberAccessExpressionSyntax access && access.Name == expression
        || expression.Parent is NameColonSyntax or NameEqualsSyntax or QualifiedNameSyntax or AliasQualifiedNameSyntax;

    /// <summary>Returns whether an expression is an argument of a method.</summary>
    public static bool IsArgumentOf(ExpressionSyntax expression, string method) =>
        expression.Parent?.Parent?.Parent is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access }
        && access.Name.Identifier.Text == method;

    /// <summary>Returns whether the code around a statement mostly compiles without it.</summary>
    public static bool CanBeRemoved(StatementSyntax statement) => statement switch
    {
        ExpressionStatementSyntax => !Declares(statement),
        YieldStatementSyntax or ContinueStatementSyntax or ReturnStatementSyntax { Expression: null } => true,
        BreakStatementSyntax => statement.Parent is BlockSyntax { Parent: IfStatementSyntax },
        ThrowStatementSyntax => statement.Parent is BlockSyntax { Parent: IfStatementSyntax { Else: null, Parent: BlockSyntax } },
        _ => false,
    };

    /// <summary>Returns whether an expression decides by itself: it is a condition, or a part of one that is no comparison.</summary>
    public static bool IsCondition(ExpressionSyntax expression)
    {
        bool hasOwnMutants = expression is LiteralExpressionSyntax or ParenthesizedExpressionSyntax or PrefixUnaryExpressionSyntax
            || expression is BinaryExpressionSyntax && !expression.IsKind(SyntaxKind.IsExpression);
        SyntaxNode? parent = expression.Parent;
        while (parent is ParenthesizedExpressionSyntax or PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression })
        {
            (expression, parent) = ((ExpressionSyntax)parent, parent.Parent);
        }

        return !hasOwnMutants && parent switch
        {
            IfStatementSyntax or WhileStatementSyntax or DoStatementSyntax or WhenClauseSyntax => true,
            ForStatementSyntax loop => loop.Condition == expression,
            ConditionalExpressionSyntax choice => choice.Condition == expression,
            BinaryExpressionSyntax binary => binary.Kind() is SyntaxKind.LogicalAndExpression or SyntaxKind.LogicalOrExpression,
            ReturnStatementSyntax or ArrowExpressionClauseSyntax => expression is PrefixUnaryExpressionSyntax,
            _ => false,
        };
    }

    /// <summary>Returns whether an expression is what a method or a property returns.</summary>
    public static bool IsReturned(ExpressionSyntax expression) => expression.Parent is ReturnStatementSyntax
        || expression.Parent is ArrowExpressionClauseSyntax arrow && arrow.Parent?.Kind()
            is not (SyntaxKind.SetAccessorDeclaration or SyntaxKind.InitAccessorDeclaration);

    /// <summary>Returns whether the code declares variables for the code around it, so that it cannot be written twice.</summary>
    /// <param name="node">The code.</param>
    /// <param name="patternsOnly">True to ignore <c>out var</c>, whose variable has a value in any case.</param>
    public static bool Declares(SyntaxNode node, bool patternsOnly = false) => node
        .DescendantNodesAndSelf(child => child is not AnonymousFunctionExpressionSyntax)
        .Any(child => child is SingleVariableDesignationSyntax && !(patternsOnly && child.Parent is DeclarationExpressionSyntax));
}
