namespace AIMake;

/// <summary>The command line. <c>run</c> is the server; the rest are tools around it.</summary>
internal static class AIMakeCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        await using var app = AIMakeServer.Build(args);
        await app.RunAsync();
        return 0;
    }
}
