using AIMake.Credits;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Providers.Routing;

namespace AIMake.Accounts.ApiKeys;

/// <summary>What a key may be given: nothing its maker does not have, and nothing that makes no sense.</summary>
internal sealed class ApiKeyRules(RateLimitOptions rates, KnownModels known, TimeProvider clock)
{
    private const int LongestName = 80;
    private const int MostModels = 100;
    private const int LongestModel = 200;
    private const int MostAtOnce = 1_000;
    private const int LongestNamed = 40;

    /// <summary>Every fault found, rights before spelling.</summary>
    public Fault? Check(ApiKeyRequest request)
    {
        var faults = new[]
        {
            Scopes(request.Scopes), Rate(request.RateLimit), Name(request.Name), Models(request.Models), Expiry(request.ExpiresAt), Limit(request.CreditLimit?.Amount),
            Range("maxConcurrency", request.MaxConcurrency, MostAtOnce),
        }.OfType<Fault>().ToList();
        return faults.Count == 0 ? null : faults[0] with { Also = faults[1..] };
    }

    private static Fault? Scopes(IReadOnlyList<string> scopes)
    {
        if (scopes.Count == 0)
        {
            return new Fault(FaultCodes.FieldRequired, "scopes") { Field = "scopes" };
        }

        // The set of all a person can give: a name outside it asks for more than that.
        if (scopes.All(s => s is not null && ApiKeyScopes.Find(s) is not null))
        {
            return null;
        }

        var bad = scopes.First(s => s is null || ApiKeyScopes.Find(s) is null) ?? "null";
        var (shown, all) = (bad.Length <= LongestNamed ? bad : bad[..LongestNamed], string.Join(", ", ApiKeyScopes.Names));
        return new Fault(FaultCodes.ScopeExceedsGrant, new Said($"there is no scope '{shown}', but {all}", $"没有权限“{shown}”，可选：{all}")) { Field = "scopes" };
    }

    private Fault? Rate(int? rate) => rate > rates.PerUser
        ? new Fault(FaultCodes.ScopeExceedsGrant, rates.PerUser) { Field = "rateLimit" }
        : Range("rateLimit", rate, rates.PerUser);

    private static Fault? Name(string name) => name.Length is 0 or > LongestName || name.Trim() != name || name.Any(char.IsControl)
        ? Fault.Invalid("name", Said.Name(LongestName))
        : null;

    private Fault? Models(IReadOnlyList<string>? models) =>
        models is { Count: 0 or > MostModels } || models?.Any(m => m is not { Length: > 0 and <= LongestModel } || m.Any(c => c is < '!' or > '~')) == true
            ? Fault.Invalid("models", new Said($"1 to {MostModels} ids of models", $"须为 1 到 {MostModels} 个模型 ID"))
            : models?.FirstOrDefault(m => !known.Has(m)) is { } bad ? new Fault(FaultCodes.ModelUnknown, bad) { Field = "models" }
            : null;

    private Fault? Expiry(DateTimeOffset? at) => at <= clock.GetUtcNow() ? Fault.Invalid("expiresAt", new Said("a time to come", "须为将来的时间")) : null;

    private static Fault? Limit(Micro? amount) => amount < Micro.Zero || amount > Micro.FromCredits(CreditLimits.MostCredits)
        ? new Fault(FaultCodes.FieldOutOfRange, "creditLimit.amount", 0, CreditLimits.MostCredits) { Field = "creditLimit.amount" }
        : null;

    private static Fault? Range(string field, int? value, int most) =>
        value < 1 || value > most ? new Fault(FaultCodes.FieldOutOfRange, field, 1, most) { Field = field } : null;
}
