namespace AIMake.Providers.Espeak;

/// <summary>Starts one worker beside the server's own start. A failure is only logged: the readiness check will say it too.</summary>
internal sealed class EspeakWarmUp(EspeakPool pool, ILogger<EspeakWarmUp> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await pool.WarmUpAsync(stoppingToken);
        }
        catch (ProviderException e)
        {
            log.NotWarm(e.Fault);
        }
        catch (OperationCanceledException)
        {
            // Stopped before it was ready.
        }
    }
}
