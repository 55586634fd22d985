using AIMake.Credits;

namespace AIMake.Accounts.ApiKeys;

/// <summary>An API key to be made, or the new terms of one; what is left out is not limited.</summary>
/// <param name="Name">1 to 80 characters, to tell it from the others.</param>
/// <param name="Scopes">
/// What it may do, at least one of: <c>chat, embeddings, speech, transcription, images, videos, models, library, usage, account:read</c>.
/// </param>
public sealed record ApiKeyRequest(string Name, IReadOnlyList<string> Scopes)
{
    /// <summary>Ids of the models it may use, 1 to 100; all when absent.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    /// <summary>It ends then; never when absent.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What it may spend; whatever the account has when absent.</summary>
    public ApiKeyLimit? CreditLimit { get; init; }

    /// <summary>Requests a minute, at most what the user may send.</summary>
    public int? RateLimit { get; init; }

    /// <summary>Requests at once, 1 to 1,000.</summary>
    public int? MaxConcurrency { get; init; }
}

/// <summary>Credits a key may spend in each window.</summary>
/// <param name="Amount">Credits, 0 or more.</param>
/// <param name="Window"><c>day</c>, <c>week</c> (from Monday), <c>month</c>, all in UTC, or <c>total</c>.</param>
public sealed record ApiKeyLimit(Micro Amount, BudgetWindow Window);

/// <summary>The limit, and how much of it the present window has used or holds.</summary>
public sealed record ApiKeyLimitView(Micro Amount, BudgetWindow Window, Micro Used);

/// <summary>An API key as its owner sees it later: never the key itself.</summary>
/// <param name="Prefix">How every key of this server begins.</param>
/// <param name="Last4">How this one ends.</param>
/// <param name="LastUsedAt">Up to some seconds behind; null when never.</param>
public sealed record ApiKeyView(
    Guid Id, string Name, string Prefix, string Last4, IReadOnlyList<string> Scopes, IReadOnlyList<string>? Models, DateTimeOffset CreatedAt,
    DateTimeOffset? LastUsedAt, DateTimeOffset? ExpiresAt, ApiKeyLimitView? CreditLimit, int? RateLimit, int? MaxConcurrency);

/// <summary>A key just made.</summary>
/// <param name="Secret">The key. It is shown this once and cannot be shown again.</param>
public sealed record NewApiKeyView(
    Guid Id, string Name, string Prefix, string Last4, string Secret, IReadOnlyList<string> Scopes, IReadOnlyList<string>? Models, DateTimeOffset CreatedAt,
    DateTimeOffset? LastUsedAt, DateTimeOffset? ExpiresAt, ApiKeyLimitView? CreditLimit, int? RateLimit, int? MaxConcurrency);
