namespace AIMake.Simulator;

/// <summary>
/// The settings that make a server use this simulator instead of the outside services. Each vendor adds its lines here; the
/// launcher hands them on to the server's environment.
/// </summary>
internal static class SimulatedSettings
{
    /// <summary>What the webhooks of each provider are signed with unless a control says otherwise.</summary>
    public static IReadOnlyDictionary<string, string> WebhookSecrets { get; } =
        new Dictionary<string, string> { ["stripe"] = "whsec_simulated_0123456789abcdef", ["creem"] = "creem_whsec_simulated_0123456789abcdef" };

    /// <param name="address">Of this simulator, without a trailing slash.</param>
    /// <param name="mailPort">Where it takes mails.</param>
    public static IEnumerable<(string Name, string Value)> For(string address, int mailPort) =>
    [
        ("AIMAKE_ALLOWED_HOSTS", new Uri(address).Authority),
        // Five keys, so that one can be throttled, emptied or killed while the others go on.
        ("OPENAI_API_KEY", string.Join(',', Enumerable.Range(1, 5).Select(i => $"sk-simulated-{i}"))),
        ("OPENAI_BASE_URL", $"{address}/v1"),
        ("ELEVENLABS_API_KEY", "sk_simulated"),
        ("Providers__ElevenLabs__BaseUrl", $"{address}/elevenlabs"),
        ("TENCENT_SECRET_ID", "AKIDsimulated"),
        ("TENCENT_SECRET_KEY", Tencent.TencentSignatureCheck.KeyOf("AKIDsimulated")),
        ("Providers__Tencent__BaseUrl", address),
        ("SYNTHESIA_API_KEY", "sk-simulated"),
        ("Providers__Synthesia__BaseUrl", $"{address}/synthesia"),
        ("RUNWAY_API_KEY", "key_simulated"),
        ("Providers__Runway__BaseUrl", $"{address}/runway"),
        ("KIE_API_KEYS", "simulated-1,simulated-2"),
        ("Providers__Kie__BaseUrl", $"{address}/kie"),
        ("Providers__Kie__UploadUrl", $"{address}/kie-files"),
        ("STRIPE_SECRET_KEY", "sk_test_simulated"),
        ("STRIPE_WEBHOOK_SECRET", WebhookSecrets["stripe"]),
        ("Payments__Stripe__BaseUrl", $"{address}/stripe"),
        ("Payments__TestFlow__Simulator", address),
        ("SMTP_URL", $"smtp://127.0.0.1:{mailPort}"),
        ("MAIL_FROM", "AIMake <aimake@example.com>"),
        ("CREEM_API_KEY", "creem_test_simulated"),
        ("CREEM_WEBHOOK_SECRET", WebhookSecrets["creem"]),
        ("Payments__Creem__BaseUrl", $"{address}/creem"),
        ("Payments__Creem__LinkUrl", $"{address}/creem/payment"),
        // What the shipped catalog sells, at its prices.
        ("Catalog__CreemProducts__small", "prod_small_500_usd"),
        ("Catalog__CreemProducts__medium", "prod_medium_2000_usd"),
        ("Catalog__CreemProducts__large", "prod_large_5000_usd"),
        ("Catalog__CreemProducts__pro", "prod_pro_1900_usd_month"),
        ("Catalog__CreemProducts__team", "prod_team_7900_usd_month"),
        ("OAUTH_GITHUB_CLIENT_ID", "simulated-github"),
        ("OAUTH_GITHUB_CLIENT_SECRET", People.Consents.Secret),
        ("OAuth__GitHub__Issuer", $"{address}/github"),
        ("OAuth__GitHub__ApiUrl", $"{address}/github/api"),
        ("OAUTH_GOOGLE_CLIENT_ID", "simulated-google"),
        ("OAUTH_GOOGLE_CLIENT_SECRET", People.Consents.Secret),
        ("OAuth__Google__Issuer", $"{address}/oidc/google"),
        ("OAUTH_OIDC_ISSUER", $"{address}/oidc/acme"),
        ("OAUTH_OIDC_CLIENT_ID", "simulated-acme"),
        ("OAUTH_OIDC_CLIENT_SECRET", People.Consents.Secret),
        ("OAUTH_OIDC_NAME", "Acme"),
        ("CLERK_ISSUER", $"{address}/clerk"),
        ("CLERK_SECRET_KEY", Clerk.ClerkRoutes.SecretKey),
        ("CLERK_WEBHOOK_SIGNING_SECRET", Clerk.ClerkNotice.Secret),
        ("Clerk__ApiUrl", $"{address}/clerk"),
        // Films are made at once here: nobody should wait as long as the vendors like to be left alone.
        ("Video__PollEvery", "00:00:01"),
    ];

    /// <summary>Writes them to a file, whole or not at all.</summary>
    public static async Task WriteAsync(string path, string address, int mailPort)
    {
        var unfinished = $"{path}.new";
        await File.WriteAllLinesAsync(unfinished, For(address, mailPort).Select(setting => $"{setting.Name}={setting.Value}"));
        File.Move(unfinished, path, overwrite: true);
    }
}
