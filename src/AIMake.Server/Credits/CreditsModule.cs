using AIMake.Accounts;
using AIMake.Credits.Checking;
using AIMake.Platform.Scheduling;

namespace AIMake.Credits;

/// <summary>The door of the ledger. Whoever knows the plans registers <see cref="IPlanAllowances"/>.</summary>
internal static class CreditsModule
{
    public static void AddCredits(this IHostApplicationBuilder builder)
    {
        builder.Services.AddMicroSchema("v1");
        builder.Services.AddSingleton<CreditClock>();
        builder.Services.AddSingleton<ICreditLedger, CreditLedger>();
        builder.Services.AddSingleton<LedgerChecker>();
        builder.Services.AddSingleton<CreditBook>();
        builder.Services.AddSingleton<AIMake.Accounts.Export.IUserDataExport, CreditsExport>();
        builder.Services.AddSingleton<ICreditsGlance>(s => s.GetRequiredService<CreditBook>());
        builder.Services.AddSingleton<ICreditSums, CreditSums>();
        builder.Services.AddSingleton<IBudgetGlance>(s => s.GetRequiredService<CreditBook>());
        builder.Services.AddSingleton<IUserDataOwner, ClosedAccounts>();
        builder.Services.AddSingleton<IRecurringJob, LedgerAudit>();
        builder.Services.AddSingleton<IRecurringJob, HoldSweeper>();
        builder.Services.AddSingleton<IRecurringJob, AllowanceJob>();
    }
}
