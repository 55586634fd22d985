namespace AIMake.Providers.Pools;

/// <summary>A row of <c>providers.pool_keys</c>.</summary>
internal sealed record PoolKeyRow
{
    public Guid Id { get; init; }

    public string Provider { get; init; } = "";

    /// <summary>Host and port the box is bound to.</summary>
    public string Host { get; init; } = "";

    public string Name { get; init; } = "";

    public string SecretId { get; init; } = "";

    public byte[] Box { get; init; } = [];

    public string Prefix { get; init; } = "";

    public string Last4 { get; init; } = "";

    public int Weight { get; init; }

    public bool Disabled { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A row of <c>providers.key_events</c>.</summary>
internal sealed record KeyEventRow
{
    public long Id { get; init; }

    public DateTimeOffset At { get; init; }

    public string Provider { get; init; } = "";

    public Guid KeyId { get; init; }

    public string What { get; init; } = "";

    public string? Detail { get; init; }
}
