using AIMake.Platform.Settings;

namespace AIMake.Platform.Secrets;

internal static class SecretsModule
{
    public static void AddSecrets(this IHostApplicationBuilder builder)
    {
        var options = builder.AddSettings<SecretsOptions>(SecretsOptions.Section);
        builder.Services.AddSingleton(s => MasterSecret.Load(options, s.GetRequiredService<DataFolder>().Private("secrets"), s.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<SignedUrls>();
        builder.Services.AddSingleton(s => new EncryptionRing(options, s.GetRequiredService<DataFolder>().Private("secrets"), s.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<SecretBox>();
        builder.Services.AddSingleton<ISecretBox>(s => s.GetRequiredService<SecretBox>());
        builder.Services.AddSingleton<SecretRotation>();
    }
}
