namespace ChatService;

/// <summary>Thrown when a stream ends before the answer is complete: it has no finish reason.</summary>
public sealed class AnswerCutOffException() : Exception("The model stopped in the middle of the answer. Ask again.");
