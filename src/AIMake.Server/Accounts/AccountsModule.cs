using AIMake.Accounts.Agreement;
using AIMake.Accounts.ApiKeys;
using AIMake.Accounts.Clerk;
using AIMake.Accounts.EmailAddresses;
using AIMake.Accounts.Export;
using AIMake.Accounts.Guard;
using AIMake.Accounts.Jwt;
using AIMake.Accounts.Mails;
using AIMake.Accounts.PasswordReset;
using AIMake.Accounts.OAuth;
using AIMake.Accounts.Passwords;
using AIMake.Accounts.Profile;
using AIMake.Accounts.ProviderKeys;
using AIMake.Accounts.Registration;
using AIMake.Accounts.Roles;
using AIMake.Accounts.Sessions;
using AIMake.Accounts.Setup;
using AIMake.Accounts.SignIn;
using AIMake.Accounts.Tokens;
using AIMake.Accounts.Totp;
using AIMake.Platform.Http;
using AIMake.Platform.Scheduling;
using AIMake.Platform.Secrets;
using AIMake.Platform.Settings;
using AIMake.Providers.Routing;

namespace AIMake.Accounts;

/// <summary>Users, sign-in, sessions, roles, and the gate in front of every route.</summary>
internal static class AccountsModule
{
    public static void AddAccounts(this IHostApplicationBuilder builder)
    {
        builder.AddSettings<AccountsOptions>(AccountsOptions.Section);
        var services = builder.Services;
        services.AddSingleton<AgreementService>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<AccessTokenVerifier>();
        services.AddSingleton<CallerStates>();
        services.AddSingleton<KnownModels>();
        services.AddSingleton<ApiKeyRules>();
        services.AddSingleton<ApiKeyService>();
        services.AddSingleton<ApiKeySlots>();
        services.AddSingleton<ApiKeyStates>();
        services.AddSingleton<ApiKeyUses>();
        services.AddHostedService(s => s.GetRequiredService<ApiKeyUses>());
        services.AddSingleton<OwnProviderKeys>();
        services.AddSingleton<IOwnKeys>(s => s.GetRequiredService<OwnProviderKeys>());
        services.AddHostedService(s => s.GetRequiredService<OwnProviderKeys>());
        services.AddSingleton<ProviderKeyBoxes>();
        services.AddSingleton<ISealedTable>(s => s.GetRequiredService<ProviderKeyBoxes>());
        services.AddSingleton<ProviderKeyRules>();
        services.AddSingleton<ProviderKeyService>();
        builder.AddOAuth();
        builder.AddClerk();
        services.AddSingleton<IssuerKeys>();
        services.AddSingleton<ForeignTokenVerifier>();
        services.AddSingleton<LiveCallers>();
        services.AddHostedService(s => s.GetRequiredService<LiveCallers>());
        services.AddSingleton<LoginGuard>();
        services.AddSingleton<PasswordHashing>();
        services.AddSingleton<PasswordProof>();
        services.AddSingleton<PasswordService>();
        services.AddSingleton<MailedTokens>();
        services.AddSingleton<AccountMails>();
        services.AddSingleton<EmailService>();
        services.AddSingleton<PasswordResetService>();
        services.AddSingleton<AccountRemoval>();
        services.AddSingleton<ExportSlots>();
        services.AddSingleton<IUserDataExport, AccountExport>();
        services.AddSingleton<ProfileService>();
        services.AddSingleton<IRecurringJob, PurgeJob>();
        services.AddSingleton<RegistrationService>();
        services.AddSingleton<RefreshCookie>();
        services.AddSingleton<RefreshService>();
        services.AddSingleton<Csrf>();
        services.AddSingleton<SessionIssuer>();
        services.AddSingleton<SessionOpening>();
        services.AddSingleton<TotpBoxes>();
        services.AddSingleton<ISealedTable>(s => s.GetRequiredService<TotpBoxes>());
        services.AddSingleton<TotpFactor>();
        services.AddSingleton<ISecondFactor>(s => s.GetRequiredService<TotpFactor>());
        services.AddSingleton<TotpService>();
        services.AddSingleton<SessionService>();
        services.AddSingleton<PlanRole>();
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
        door.MapPost("/register", SignInEndpoints.Register).WithName("Register").WithSummary("Create an account and sign in")
            .ProducesCreated<SignedIn>();
        door.MapPost("/login", SignInEndpoints.Login).WithName("SignIn").WithSummary("Sign in by e-mail address or username");
        // Every page load renews its session: a token of 256 bits needs no guessing limit.
        door.MapPost("/refresh", SignInEndpoints.Refresh).WithRateClass(RateClass.Default).WithName("RefreshSession").WithSummary("Trade the refresh cookie for a fresh access token");
        door.MapPost("/logout", SignInEndpoints.Logout).WithRateClass(RateClass.Default).WithName("SignOut").WithSummary("End the session");

        door.MapGet("/agreement", AgreementEndpoints.InForce).WithRateClass(RateClass.Default).WithName("GetAgreementInForce").WithSummary("What making an account agrees to");
        door.MapPost("/password/forgot", PasswordResetEndpoints.Forgot).WithName("ForgotPassword").WithSummary("Mail a link with which a new password can be chosen");
        door.MapPost("/password/reset", PasswordResetEndpoints.Reset).WithName("ResetPassword").WithSummary("Choose a new password with the token of a mail");
        door.MapPost("/email/verify", EmailEndpoints.Verify).WithName("VerifyEmail").WithSummary("Confirm an address with the token of a mail");

        var own = app.MapGroup("/api/auth").RequireCaller().SessionOnly().WithTags("Accounts");
        own.MapGet("/me", ProfileEndpoints.Read).RequireScope(ApiKeyScope.AccountRead).WithName("GetProfile").WithSummary("The caller's profile");
        own.MapPut("/me", ProfileEndpoints.Update).WithName("ChangeProfile").WithSummary("Change names, address, picture, preferences");
        own.MapDelete("/me", ProfileEndpoints.Delete).WithRateClass(RateClass.Auth).WithName("DeleteAccount").WithSummary("Delete the account and everything held about it");
        own.MapPut("/password", PasswordEndpoints.Change).WithRateClass(RateClass.Auth).WithName("ChangePassword").WithSummary("Change the password and end the other sessions");
        own.MapPost("/email/resend", EmailEndpoints.Resend).WithRateClass(RateClass.Auth).WithName("ResendEmail").WithSummary("Mail the link that confirms the address again");
        own.MapGet("/sessions", SessionEndpoints.List).WithName("ListSessions").WithSummary("Where the caller is signed in");
        own.MapDelete("/sessions", SessionEndpoints.EndOthers).WithName("EndOtherSessions").WithSummary("End all sessions but this one");
        own.MapGet("/sessions/{id:guid}", SessionEndpoints.Find).WithName("GetSession").WithSummary("One session");
        own.MapDelete("/sessions/{id:guid}", SessionEndpoints.End).WithName("EndSession").WithSummary("End a session");

        var user = app.MapGroup("/api/user").RequireCaller().RequireScope(ApiKeyScope.AccountRead).WithTags("Accounts");
        user.MapGet("", ProfileEndpoints.Overview).WithName("GetUser").WithSummary("Profile, plan and credits in one answer");
        user.MapGet("/agreement", AgreementEndpoints.Read).WithName("GetAgreement").WithSummary("Which agreement was accepted, and when");
        user.MapGet("/export", ExportEndpoint.Open).SessionOnly().WithRateClass(RateClass.Auth).WithName("ExportAccount").WithSummary("Everything held about the caller, as a zip")
            .Produces(StatusCodes.Status200OK, contentType: "application/zip");
        user.MapPost("/agreement", AgreementEndpoints.Accept).SessionOnly().WithName("AcceptAgreement").WithSummary("Accept the agreement in force");
        app.MapTotp();
        app.MapOAuth();
        app.MapClerk();
        app.MapApiKeys();
        app.MapProviderKeys();
    }
}
