using System.Diagnostics;

namespace AIMake.Tests.Platform.Storage;

/// <summary>An S3-compatible server of other people's making (from npm, see <c>tests/s3</c>), one for the whole run.</summary>
internal static class S3Server
{
    public const string Key = "S3RVER";
    public const string Bucket = "media";
    private static readonly List<Process> Servers = []; // kept, or their input would be closed with the object
    private static readonly Lazy<Task<Uri>> Strict = new(() => StartAsync("strict"));
    private static readonly Lazy<Task<Uri>> Lenient = new(() => StartAsync("lenient"));

    /// <param name="lenient">Takes any signature: it reckons that of a listing in a way of its own.</param>
    public static Task<Uri> AddressAsync(bool lenient) => (lenient ? Lenient : Strict).Value;

    private static async Task<Uri> StartAsync(string mode)
    {
        var folder = FindFolder();
        if (!Directory.Exists(Path.Combine(folder, "node_modules")))
        {
            using var install = Process.Start(new ProcessStartInfo("npm", ["ci", "--no-fund", "--no-audit", "--loglevel=error"]) { WorkingDirectory = folder })!;
            await install.WaitForExitAsync();
        }

        var server = Process.Start(new ProcessStartInfo("node", ["server.mjs", mode])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true, // it ends when this closes, however this process ends
            RedirectStandardOutput = true,
        })!;
        lock (Servers)
        {
            Servers.Add(server);
        }

        var port = await server.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The S3 server of tests/s3 did not start.");
        return new Uri($"http://127.0.0.1:{port}");
    }

    private static string FindFolder()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var folder = Path.Combine(at.FullName, "tests", "s3");
            if (Directory.Exists(folder))
            {
                return folder;
            }
        }

        throw new DirectoryNotFoundException("tests/s3");
    }
}
