using System.Text.Json;

namespace UsageCapture.Requests;

/// <summary>What the body of a request says, and the change of the body that asks the server for usage.</summary>
/// <remarks>
/// The option that asks is a path such as <c>stream_options.include_usage</c>, with a level for each name. The change, the splice, adds
/// what is missing of the path and keeps every other byte: <c>{"stream":true}</c> becomes
/// <c>{"stream":true,"stream_options":{"include_usage":true}}</c>, and <c>{"stream":true,"stream_options":{}}</c> the same.
/// </remarks>
/// <param name="Model">The model that is called; null when the body names none.</param>
/// <param name="IsStreaming">Whether the body asks for a stream.</param>
/// <param name="UsageRequest">
/// Who asks the server for usage: the caller, the handler, or neither. Null when the request is not for a stream, or its API has no option.
/// </param>
/// <param name="Splice">The change; null when there is none to make.</param>
internal readonly record struct RequestBody(string? Model, bool IsStreaming, UsageRequestState? UsageRequest, Splice? Splice)
{
    /// <summary>Gets whether the body has input for the API: one of the rules' members, or a form.</summary>
    public bool HasInput { get; private init; }

    /// <summary>Gets whether the body cannot be read as JSON, for example because it is compressed. Then it is unknown what it asks for.</summary>
    public bool IsUnreadable { get; private init; }

    /// <summary>Gets the service tier that the body asks for; null when it asks for none.</summary>
    public string? ServiceTier { get; private init; }

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a body: a JSON object, or a form, which is never changed. Any other body gives no model and no change.</summary>
    public static RequestBody Read(ReadOnlySpan<byte> body, in RequestRules rules)
    {
        if (MultipartForm.CouldBeForm(body))
        {
            (string? model, bool isStreaming) = MultipartForm.Read(body);
            return new RequestBody(model, isStreaming || rules.StreamsByDefault, UsageRequest: null, Splice: null) { HasInput = true };
        }

        int byteOrderMarkLength = body.StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0;
        try
        {
            var members = RequestMembers.Read(body[byteOrderMarkLength..], rules.Option, rules.StreamsByDefault, rules.InputMembers);
            RequestBody requestBody = rules.Option is null || !members.IsStreaming
                ? new RequestBody(members.Model, members.IsStreaming, UsageRequest: null, Splice: null)
                : DecideUsageRequest(members, byteOrderMarkLength, rules);
            return requestBody with { HasInput = members.HasInput, ServiceTier = members.ServiceTier };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException) // The latter for text that is not UTF-8.
        {
            return new RequestBody(Model: null, rules.StreamsByDefault, UsageRequest: null, Splice: null) { IsUnreadable = true };
        }
    }

    /// <summary>Decides whether the body of a request for a stream is changed so that it asks for usage.</summary>
    private static RequestBody DecideUsageRequest(in RequestMembers members, int byteOrderMarkLength, in RequestRules rules)
    {
        if (members.OptionMatch is { IsWholePath: true, FirstToken: JsonTokenType.True })
        {
            return new RequestBody(members.Model, IsStreaming: true, UsageRequestState.AskedByCaller, Splice: null);
        }

        bool mayAsk = rules.ApiAcceptsOption && !members.HasExcludingMember && rules.Mode != UsageRequestMode.Never;
        Splice? splice = mayAsk ? CreateSplice(members, OptionPath.Parse(rules.Option!), rules.Mode) : null;
        return splice is { } change
            ? new RequestBody(members.Model, IsStreaming: true, UsageRequestState.AskedByHandler, change with { Offset = byteOrderMarkLength + change.Offset })
            : new RequestBody(members.Model, IsStreaming: true, UsageRequestState.NotAsked, Splice: null);
    }

    /// <summary>Makes the smallest change that asks for usage; null when the caller declined, or wrote something that is not the option.</summary>
    private static Splice? CreateSplice(in RequestMembers members, OptionPath path, UsageRequestMode mode)
    {
        OptionPathMatch optionMatch = members.OptionMatch;
        return optionMatch.FirstToken switch
        {
            // The body has no part of the path. It is added after the value of stream, or after the opening brace.
            JsonTokenType.None when members.StreamEnd is { } streamEnd => new Splice(streamEnd, RemovedLength: 0, path.TextAfterMember(0)),
            JsonTokenType.None => new Splice(members.FirstMemberStart, RemovedLength: 0, path.TextAsFirstMember(0, isOnly: members.IsEmpty)),

            // An object on the path lacks the next name. It is added after the object's opening brace.
            JsonTokenType.StartObject when !optionMatch.IsWholePath =>
                new Splice(optionMatch.Start + 1, RemovedLength: 0, path.TextAsFirstMember(optionMatch.Level + 1, isOnly: optionMatch.IsEmptyObject)),

            // Null means that the option is not set. False is the caller's decision, which only the mode Always overrides.
            JsonTokenType.Null => CreateReplacement(optionMatch, path),
            JsonTokenType.False when optionMatch.IsWholePath && mode == UsageRequestMode.Always => CreateReplacement(optionMatch, path),
            _ => null,
        };
    }

    private static Splice CreateReplacement(OptionPathMatch optionMatch, OptionPath path) =>
        new(optionMatch.Start, optionMatch.Length, path.ValueText(optionMatch.Level));
}
