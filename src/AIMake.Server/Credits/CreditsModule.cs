using Microsoft.Extensions.Options;

namespace AIMake.Credits;

/// <summary>The door of the ledger.</summary>
internal static class CreditsModule
{
    public static IHostApplicationBuilder AddCredits(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<CreditsOptions>().BindConfiguration(CreditsOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<CreditsOptions>, CreditsOptionsValidator>();
        builder.Services.AddSingleton<CreditClock>();
        builder.Services.AddSingleton<ICreditLedger, CreditLedger>();
        return builder;
    }
}
