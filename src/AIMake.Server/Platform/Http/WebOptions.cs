namespace AIMake.Platform.Http;

/// <summary>The browser app's built files.</summary>
internal sealed class WebOptions
{
    public const string Section = "Web";

    /// <summary>Folder with <c>index.html</c>. Default: <c>web/dist</c> beside the sources or <c>web</c> beside the program, whichever exists; none serves the API alone.</summary>
    public string? Root { get; set; }

    public string? FindRoot() =>
        Root is { Length: > 0 }
            ? (Directory.Exists(Root) ? Path.GetFullPath(Root) : null)
            : new[] { Path.Combine(AppContext.BaseDirectory, "web"), Path.Combine(Environment.CurrentDirectory, "web", "dist") }
                .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "index.html")));
}
