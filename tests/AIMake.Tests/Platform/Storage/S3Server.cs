using System.Diagnostics;

namespace AIMake.Tests.Platform.Storage;

/// <summary>An S3-compatible server of other people's making (from npm, see <c>tests/s3</c>), one for the whole run.</summary>
internal static class S3Server
{
    public const string Key = "S3RVER";
    public const string Bucket = "media";
    private static Process? _server; // kept, or its input would be closed with the object
    private static readonly Lazy<Task<Uri>> Started = new(StartAsync);

    public static Task<Uri> AddressAsync() => Started.Value;

    private static async Task<Uri> StartAsync()
    {
        var folder = FindFolder();
        if (!Directory.Exists(Path.Combine(folder, "node_modules")))
        {
            using var install = Process.Start(new ProcessStartInfo("npm", ["ci", "--no-fund", "--no-audit", "--loglevel=error"]) { WorkingDirectory = folder })!;
            await install.WaitForExitAsync();
        }

        _server = Process.Start(new ProcessStartInfo("node", ["server.mjs"])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true, // it ends when this closes, however this process ends
            RedirectStandardOutput = true,
        })!;
        var port = await _server.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The S3 server of tests/s3 did not start.");
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
