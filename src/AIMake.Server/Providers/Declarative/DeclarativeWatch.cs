namespace AIMake.Providers.Declarative;

/// <summary>Looks at the folder twice a second: a file counts from its second look on, so within a second and a bit.</summary>
internal sealed class DeclarativeWatch(DeclarativeFolder folder, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(0.5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        folder.Prepare();
        using var timer = new PeriodicTimer(LookEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) folder.Look();
    }
}
