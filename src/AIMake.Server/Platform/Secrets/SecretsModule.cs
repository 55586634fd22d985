using AIMake.Platform.Settings;

namespace AIMake.Platform.Secrets;

internal static class SecretsModule
{
    public static void AddSecrets(this IHostApplicationBuilder builder)
    {
        var options = builder.AddSettings<SecretsOptions>(SecretsOptions.Section);
        builder.Services.AddSingleton(s => MasterSecret.Load(options, s.GetRequiredService<DataFolder>().Private("secrets"), s.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<SignedUrls>();
    }
}
