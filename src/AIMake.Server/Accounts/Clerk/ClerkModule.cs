using AIMake.Platform.Http;
using AIMake.Platform.Outbound;
using AIMake.Platform.Scheduling;
using AIMake.Platform.Settings;

namespace AIMake.Accounts.Clerk;

/// <summary>People who come with a session of Clerk's.</summary>
internal static class ClerkModule
{
    public static void AddClerk(this IHostApplicationBuilder builder)
    {
        var options = builder.AddSettings<ClerkOptions>(ClerkOptions.Section);
        foreach (var (name, address) in new[] { (nameof(options.Issuer), options.Issuer), (nameof(options.JwksUrl), options.JwksUrl), (nameof(options.ApiUrl), options.ApiUrl) })
        {
            if (Uri.TryCreate(address, UriKind.Absolute, out _) && !builder.MayCall(address))
            {
                builder.SettingsRegistry().Report($"{ClerkOptions.Section}:{name}", "may not be called: it must be https and public, or its host be named in AIMAKE_ALLOWED_HOSTS.");
            }
        }

        builder.Services.AddSingleton<ClerkCallers>();
        builder.Services.AddSingleton<ClerkUsers>();
        builder.Services.AddSingleton<IRecurringJob, ClerkBurials>();
        builder.Services.AddSingleton<ClerkWebhooks>();
    }

    public static void MapClerk(this IEndpointRouteBuilder app)
    {
        app.MapPost("/api/webhooks/clerk", ClerkEndpoints.Webhook).Public().WithTags("Accounts").WithName("TakeClerkNotice").WithSummary("Clerk's notices of its users, signed");
        app.MapPost("/api/user/sync", ClerkEndpoints.Sync).RequireCaller().SessionOnly().WithTags("Accounts").WithName("SyncUser")
            .WithSummary("Create or refresh the local user of an identity provider's session");
    }
}
