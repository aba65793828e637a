namespace ChatService;

/// <summary>The model stopped in the middle of an answer.</summary>
public sealed class AnswerCutOffException() : Exception("The model stopped in the middle of the answer. Ask again.");
