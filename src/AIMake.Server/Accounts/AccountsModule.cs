using AIMake.Accounts.Agreement;
using AIMake.Accounts.Guard;
using AIMake.Accounts.Passwords;
using AIMake.Accounts.Profile;
using AIMake.Accounts.Registration;
using AIMake.Accounts.Sessions;
using AIMake.Accounts.Setup;
using AIMake.Accounts.SignIn;
using AIMake.Accounts.Tokens;
using AIMake.Platform.Http;
using AIMake.Platform.Scheduling;
using AIMake.Platform.Settings;

namespace AIMake.Accounts;

/// <summary>Users, sign-in, sessions, roles, and the gate in front of every route.</summary>
internal static class AccountsModule
{
    public static void AddAccounts(this IHostApplicationBuilder builder)
    {
        builder.AddSettings<AccountsOptions>(AccountsOptions.Section);
        var services = builder.Services;
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<AccessTokenVerifier>();
        services.AddSingleton<CallerStates>();
        services.AddSingleton<LiveCallers>();
        services.AddHostedService(s => s.GetRequiredService<LiveCallers>());
        services.AddSingleton<LoginGuard>();
        services.AddSingleton<PasswordHashing>();
        services.AddSingleton<PasswordProof>();
        services.AddSingleton<PasswordService>();
        services.AddSingleton<ProfileService>();
        services.AddSingleton<IRecurringJob, PurgeJob>();
        services.AddSingleton<RegistrationService>();
        services.AddSingleton<RefreshCookie>();
        services.AddSingleton<RefreshService>();
        services.AddSingleton<Csrf>();
        services.AddSingleton<SessionIssuer>();
        services.AddSingleton<SessionService>();
        services.AddSingleton<SetupLink>();
        services.AddSingleton<SignInService>();
    }

    /// <summary>Puts the gate up: what an address may do is counted in front of it, what a user may do behind it.</summary>
    public static void UseCallers(this IApplicationBuilder app)
    {
        app.UseAddressLimits();
        app.UseMiddleware<CallerMiddleware>();
        app.UseUserLimits();
    }

    public static void MapAccounts(this IEndpointRouteBuilder app)
    {
        var door = app.MapGroup("/api/auth").Public().WithRateClass(RateClass.Auth).WithTags("Accounts");
        door.MapPost("/register", SignInEndpoints.Register);
        door.MapPost("/login", SignInEndpoints.Login);
        door.MapPost("/refresh", SignInEndpoints.Refresh);
        door.MapPost("/logout", SignInEndpoints.Logout);

        var own = app.MapGroup("/api/auth").RequireCaller().WithTags("Accounts");
        own.MapGet("/me", ProfileEndpoints.Read);
        own.MapPut("/me", ProfileEndpoints.Update);
        own.MapDelete("/me", ProfileEndpoints.Delete).WithRateClass(RateClass.Auth);
        own.MapPut("/password", PasswordEndpoints.Change).WithRateClass(RateClass.Auth);
        own.MapGet("/sessions", SessionEndpoints.List);
        own.MapDelete("/sessions", SessionEndpoints.EndOthers);
        own.MapGet("/sessions/{id:guid}", SessionEndpoints.Find);
        own.MapDelete("/sessions/{id:guid}", SessionEndpoints.End);

        var user = app.MapGroup("/api/user").RequireCaller().WithTags("Accounts");
        user.MapGet("", ProfileEndpoints.Overview);
        user.MapGet("/agreement", AgreementEndpoints.Read);
        user.MapPost("/agreement", AgreementEndpoints.Accept);
    }
}
