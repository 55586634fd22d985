namespace AIMake.Accounts.ProviderKeys;

/// <summary>A key of the user's own for a provider.</summary>
/// <param name="Service">Name of the provider, e.g. <c>openai</c>.</param>
/// <param name="KeyName">1 to 80 characters, to tell it from others.</param>
/// <param name="KeyValue">The key; <c>id:secret</c> for providers whose keys have two halves. It is stored encrypted and never shown again.</param>
/// <param name="BaseUrl">Another address than the provider's own, for servers that speak its language.</param>
public sealed record ProviderKeyRequest(string Service, string KeyName, string KeyValue, string? BaseUrl = null);

/// <summary>What to change; what is left out stays.</summary>
public sealed record ProviderKeyChangeRequest
{
    /// <summary>Needs the key again.</summary>
    public string? Service { get; init; }

    /// <summary>1 to 80 characters.</summary>
    public string? KeyName { get; init; }

    /// <summary>Another key.</summary>
    public string? KeyValue { get; init; }

    /// <summary>Needs the key again; empty for the provider's own address.</summary>
    public string? BaseUrl { get; init; }

    /// <summary><c>active</c>, or <c>disabled</c> to leave it unused for now.</summary>
    public string? Status { get; init; }
}

/// <summary>A key as its owner sees it: never the key itself.</summary>
/// <param name="KeyValue">Masked, with the last four characters where there are enough of them.</param>
/// <param name="BaseUrl">Null for the provider's own address.</param>
/// <param name="Status"><c>active</c>, <c>disabled</c>, or <c>refused</c> by the provider.</param>
/// <param name="LastUsed">Up to some seconds behind; null when never.</param>
public sealed record ProviderKeyView(
    Guid Id, string Service, string KeyName, string KeyValue, string? BaseUrl, string Status, DateTimeOffset CreatedAt, DateTimeOffset? LastUsed, ProviderKeyUsage UsageStats);

/// <summary>Calls made with the key; months and days are those of UTC.</summary>
public sealed record ProviderKeyUsage(long TotalCalls, long MonthlyUsage, long DailyUsage);

/// <summary>What a provider said to a key.</summary>
public enum ProviderKeyVerdict
{
    /// <summary>It works.</summary>
    Valid,

    /// <summary>The provider will not have it, or its balance is used up.</summary>
    Refused,

    /// <summary>No sensible answer came.</summary>
    Unreachable,
}

/// <param name="Result">What the provider said.</param>
/// <param name="Status">The key's status now.</param>
public sealed record ProviderKeyTest(ProviderKeyVerdict Result, string Status);
