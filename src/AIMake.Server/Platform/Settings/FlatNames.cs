using System.Collections;

namespace AIMake.Platform.Settings;

/// <summary>
/// The flat names people put into an environment or a <c>.env</c> file, and the setting each one stands for. Everything else
/// is reached as <c>Section__Key</c> in the environment and <c>--Section:Key</c> on the command line.
/// </summary>
internal static class FlatNames
{
    /// <summary>Flat name to configuration key. A module adds a line here when a setting of its own has a flat name.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["PORT"] = "Http:Port",
        ["CORS_ORIGINS"] = "Http:CorsOrigins",
        ["AIMAKE_HOST"] = "Http:Host",
        ["AIMAKE_PUBLIC_URL"] = "Http:PublicUrl",
        ["AIMAKE_TRUSTED_PROXIES"] = "Http:TrustedProxies",
        ["AIMAKE_DATA"] = "Server:Data",
        ["AIMAKE_ROLE"] = "Server:Role",
        ["DATABASE_URL"] = "Database:Url",
        ["DATABASE_REPLICA_URL"] = "Database:ReplicaUrl",
        ["REDIS_URL"] = "Redis:Url",
        ["S3_ENDPOINT"] = "Storage:S3:Endpoint",
        ["S3_ACCESS_KEY"] = "Storage:S3:AccessKey",
        ["S3_SECRET_KEY"] = "Storage:S3:SecretKey",
        ["S3_BUCKET"] = "Storage:S3:Bucket",
        ["S3_REGION"] = "Storage:S3:Region",
        ["CDN_URL"] = "Storage:CdnUrl",
        ["CATALOG_PATH"] = "Catalog:Path",
        ["AIMAKE_PROVIDERS"] = "Declarative:Folder",
        ["METRICS_PORT"] = "Telemetry:MetricsPort",
        ["SENTRY_DSN"] = "Telemetry:SentryDsn",
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "Telemetry:OtlpEndpoint",
        ["OTEL_EXPORTER_OTLP_HEADERS"] = "Telemetry:OtlpHeaders",
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "Telemetry:OtlpProtocol",
        ["JWT_SECRET"] = "Secrets:JwtSecret",
        ["JWT_SECRET_PREVIOUS"] = "Secrets:JwtSecretPrevious",
        ["AIMAKE_ENCRYPTION_KEY"] = "Secrets:EncryptionKey",
        ["AIMAKE_ENCRYPTION_KEYS_PREVIOUS"] = "Secrets:EncryptionKeysPrevious",
        ["SMTP_URL"] = "Mail:Url",
        ["MAIL_FROM"] = "Mail:From",
        ["AIMAKE_REGISTRATION"] = "Accounts:Registration",
        ["AIMAKE_AGREEMENT_VERSION"] = "Accounts:AgreementVersion",
        ["AIMAKE_AGREEMENT_CHANGES"] = "Accounts:AgreementChanges",
        ["AIMAKE_AGREEMENT_CHANGES_ZH"] = "Accounts:AgreementChangesZh",
        ["AIMAKE_TERMS_URL"] = "Accounts:TermsUrl",
        ["AIMAKE_PRIVACY_URL"] = "Accounts:PrivacyUrl",
        ["OAUTH_GITHUB_CLIENT_ID"] = "OAuth:GitHub:ClientId",
        ["OAUTH_GITHUB_CLIENT_SECRET"] = "OAuth:GitHub:ClientSecret",
        ["OAUTH_GOOGLE_CLIENT_ID"] = "OAuth:Google:ClientId",
        ["OAUTH_GOOGLE_CLIENT_SECRET"] = "OAuth:Google:ClientSecret",
        ["OAUTH_OIDC_ISSUER"] = "OAuth:Oidc:Issuer",
        ["OAUTH_OIDC_CLIENT_ID"] = "OAuth:Oidc:ClientId",
        ["OAUTH_OIDC_CLIENT_SECRET"] = "OAuth:Oidc:ClientSecret",
        ["OAUTH_OIDC_NAME"] = "OAuth:Oidc:Name",
        ["CLERK_ISSUER"] = "Clerk:Issuer",
        ["CLERK_SECRET_KEY"] = "Clerk:SecretKey",
        ["CLERK_JWKS_URL"] = "Clerk:JwksUrl",
        ["CLERK_AUTHORIZED_PARTIES"] = "Clerk:AuthorizedParties",
        ["CLERK_WEBHOOK_SIGNING_SECRET"] = "Clerk:WebhookSigningSecret",
        ["AIMAKE_ALLOWED_HOSTS"] = "Outbound:AllowedHosts",
        ["OPENAI_API_KEY"] = "Providers:OpenAi:ApiKey",
        ["OPENAI_BASE_URL"] = "Providers:OpenAi:BaseUrl",
        ["ELEVENLABS_API_KEY"] = "Providers:ElevenLabs:ApiKey",
        ["TENCENT_SECRET_ID"] = "Providers:Tencent:SecretId",
        ["TENCENT_SECRET_KEY"] = "Providers:Tencent:SecretKey",
        ["RUNWAY_API_KEY"] = "Providers:Runway:ApiKey",
        ["SYNTHESIA_API_KEY"] = "Providers:Synthesia:ApiKey",
        ["KIE_API_KEYS"] = "Providers:Kie:ApiKeys",
        ["LLM_API_KEY"] = "Providers:Llm:ApiKey",
        ["STRIPE_SECRET_KEY"] = "Payments:Stripe:SecretKey",
        ["STRIPE_WEBHOOK_SECRET"] = "Payments:Stripe:WebhookSecret",
        ["CREEM_API_KEY"] = "Payments:Creem:ApiKey",
        ["CREEM_WEBHOOK_SECRET"] = "Payments:Creem:WebhookSecret",
    };

    /// <summary>What to call a setting when speaking to the operator: its flat name if it has one, else its key.</summary>
    public static string NameOf(string key) =>
        All.FirstOrDefault(pair => pair.Value.Equals(key, StringComparison.OrdinalIgnoreCase)).Key ?? key;
}

/// <summary>Reads the flat names out of an environment. An empty value counts as absent: <c>PORT=</c> in a file means "the default".</summary>
internal sealed class FlatNameSource(IDictionary environment) : IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) => new Provider(environment);

    private sealed class Provider(IDictionary environment) : ConfigurationProvider
    {
        public override void Load()
        {
            foreach (var (name, key) in FlatNames.All)
            {
                if (environment[name] is string { Length: > 0 } value)
                {
                    Data[key] = value.Trim();
                }
            }
        }
    }
}
