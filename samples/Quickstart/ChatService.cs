namespace Quickstart;

/// <summary>The settings to call a chat service.</summary>
/// <param name="Endpoint">The address that the SDK client uses.</param>
/// <param name="Key">The API key.</param>
/// <param name="Model">The name of the model. On Azure, the name of the deployment.</param>
internal sealed record ChatService(Uri Endpoint, string Key, string Model);
