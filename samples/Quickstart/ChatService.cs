namespace Quickstart;

/// <summary>The settings to call a chat service: its address, the key, and the name of the model or deployment.</summary>
internal sealed record ChatService(Uri Endpoint, string Key, string Model);
