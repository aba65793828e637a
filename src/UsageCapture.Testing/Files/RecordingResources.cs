using System.Reflection;

namespace UsageCapture.Testing.Files;

/// <summary>Recordings as pairs of embedded resources.</summary>
internal static class RecordingResources
{
    public static Recording Load(Assembly assembly, string name)
    {
        string[] resources = assembly.GetManifestResourceNames();
        string[] sidecars = [.. resources.Where(resource => resource == name || resource.EndsWith("." + name, StringComparison.Ordinal))];
        if (sidecars is not [var sidecar])
        {
            throw new FileNotFoundException(
                $"{assembly.GetName().Name} has {(sidecars.Length == 0 ? "no" : "more than one")} resource '{name}'. It has {(resources.Length == 0 ? "none at all" : string.Join(", ", resources))}. "
                + "Give the name of the .json file, and embed both files with <EmbeddedResource Include=\"Recordings/**\" />.");
        }

        string body = RecordingFiles.BodyExtensions.Select(extension => Path.ChangeExtension(sidecar, extension)).FirstOrDefault(resources.Contains)
            ?? throw new FileNotFoundException(
                $"The resource '{sidecar}' of {assembly.GetName().Name} has no body beside it, with the extension "
                + $"{string.Join(" or ", RecordingFiles.BodyExtensions)}. Embed both files with <EmbeddedResource Include=\"Recordings/**\" />.");
        return Sidecar.Read(Read(assembly, sidecar), Read(assembly, body), Path.GetFileNameWithoutExtension(name), sidecar);
    }

    private static byte[] Read(Assembly assembly, string resource)
    {
        using Stream stream = assembly.GetManifestResourceStream(resource)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
