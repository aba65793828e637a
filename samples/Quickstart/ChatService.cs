namespace Quickstart;

/// <summary>A service to chat with: its address, the key for it, and the model or deployment to ask.</summary>
internal sealed record ChatService(Uri Endpoint, string Key, string Model);
