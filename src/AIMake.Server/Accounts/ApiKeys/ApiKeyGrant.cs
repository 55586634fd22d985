using System.Collections.Frozen;
using AIMake.Credits;

namespace AIMake.Accounts.ApiKeys;

/// <summary>What the API key behind a request allows.</summary>
/// <param name="Id">The key's row; stands in usage records, never the key itself.</param>
/// <param name="Scopes">What it may be used for.</param>
/// <param name="Models">Ids of the models it may use; null for all.</param>
/// <param name="CreditLimit">What it may spend; null for whatever the account has.</param>
/// <param name="RateLimit">Requests a minute; null for what the user may do.</param>
/// <param name="MaxConcurrency">Requests at once; null for what the installation allows a key.</param>
internal sealed record ApiKeyGrant(
    Guid Id, ApiKeyScope Scopes, FrozenSet<string>? Models, ApiKeyCreditLimit? CreditLimit, int? RateLimit, int? MaxConcurrency)
{
    public bool Has(ApiKeyScope anyOf) => (Scopes & anyOf) != 0;
}

/// <summary>Credits a key may spend in each window of time.</summary>
internal sealed record ApiKeyCreditLimit(Micro Amount, BudgetWindow Window);
