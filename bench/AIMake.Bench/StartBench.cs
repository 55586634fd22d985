namespace AIMake.Bench;

/// <summary>From the start of the process to ready on an existing database, and what the process weighs when it has nothing to do.</summary>
internal static class StartBench
{
    public static async Task RunAsync(BenchRun bench)
    {
        var data = Directory.CreateTempSubdirectory("aimake-bench-").FullName;
        try
        {
            await using (await ServerUnderTest.StartAsync(data))
            {
                // The first start makes the database.
            }

            var times = new List<double>();
            for (var round = 0; round < 5; round++)
            {
                await using var server = await ServerUnderTest.StartAsync(data);
                times.Add(server.StartedIn.TotalSeconds);
            }

            Console.WriteLine($"ready after, s: {string.Join(' ', times.Select(t => $"{t:0.00}"))} (its own PostgreSQL starts with it)");
            bench.Verdict("process start to ready, median s", times.Order().ElementAt(2), 2, atLeast: false);

            await using var idle = await ServerUnderTest.StartAsync(data);
            await Task.Delay(TimeSpan.FromSeconds(15));
            bench.Verdict("idle resident memory, MB", await idle.ResidentMegabytesAsync(), 150, atLeast: false);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }
}
