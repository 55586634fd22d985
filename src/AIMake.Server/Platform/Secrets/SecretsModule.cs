namespace AIMake.Platform.Secrets;

internal static class SecretsModule
{
    /// <summary>Reads or makes the master secret now, so that an unsafe one stops the start.</summary>
    public static IServiceCollection AddSecrets(this IServiceCollection services, IConfiguration configuration, string dataFolder)
    {
        var keys = MasterSecret.Load(configuration, dataFolder, TimeProvider.System);
        return services.AddSingleton(keys).AddSingleton<SignedUrls>();
    }
}
