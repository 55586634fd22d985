using AIMake.Accounts;
using AIMake.Credits;
using AIMake.Platform.Scheduling;
using AIMake.Platform.Settings;

namespace AIMake.Usage;

/// <summary>What was used and what it cost us: events, daily sums, statistics, margin.</summary>
internal static class UsageModule
{
    public static void AddUsage(this IHostApplicationBuilder builder)
    {
        builder.AddSettings<UsageOptions>(UsageOptions.Section);
        builder.Services.AddSingleton<IUsageBook, UsageBook>();
        builder.Services.AddSingleton<ISweptHolds, SweptUsage>();
        builder.Services.AddSingleton<UsageStatistics>();
        builder.Services.AddSingleton<IUserDataOwner, UsageUserData>();
        builder.Services.AddSingleton<Accounts.Export.IUserDataExport, UsageExport>();
        builder.Services.AddSingleton<UsageRollup>();
        builder.Services.AddSingleton<IRecurringJob>(s => s.GetRequiredService<UsageRollup>());
        builder.Services.AddSingleton<UsageMonths>();
        builder.Services.AddSingleton<IRecurringJob>(s => s.GetRequiredService<UsageMonths>());
    }
}
