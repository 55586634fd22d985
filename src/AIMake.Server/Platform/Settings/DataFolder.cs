namespace AIMake.Platform.Settings;

/// <summary>The folder of everything kept on this machine. Made on first use; its parts are private to their users.</summary>
internal sealed class DataFolder(ServerOptions options)
{
    private const UnixFileMode Passable = (UnixFileMode)0b111_101_101;
    private const UnixFileMode OwnerOnly = (UnixFileMode)0b111_000_000;

    public string Path { get; } = System.IO.Path.GetFullPath(options.Data);

    /// <summary>A sub-folder that other users may pass through (the private PostgreSQL runs as its own user).</summary>
    public string Shared(string name) => Make(System.IO.Path.Combine(Path, name), Passable);

    /// <summary>A sub-folder only this process's user may enter: secrets, media.</summary>
    public string Private(string name) => Make(System.IO.Path.Combine(Path, name), OwnerOnly);

    /// <summary>Why the folder cannot be used, or null when it can.</summary>
    public string? Fault()
    {
        try
        {
            Make(Path, Passable);
            var probe = System.IO.Path.Combine(Path, $".probe-{Environment.ProcessId}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"the folder {Path} cannot be written. Make it writable for {Environment.UserName}, or name another with --data.";
        }
    }

    /// <summary>The mode is set only on what is made here: a folder the operator prepared keeps its own.</summary>
    private static string Make(string folder, UnixFileMode mode)
    {
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder, mode);
            File.SetUnixFileMode(folder, mode); // the process's umask may have taken bits away
        }

        return folder;
    }
}
