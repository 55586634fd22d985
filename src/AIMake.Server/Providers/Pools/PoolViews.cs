namespace AIMake.Providers.Pools;

/// <summary>A provider and how it is doing. Figures are those of the node that answers.</summary>
public sealed record ProviderView
{
    public required string Name { get; init; }

    /// <summary>The dialect it speaks, e.g. <c>openai</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Where it is called: host, and port where it is not the usual one.</summary>
    public required string Host { get; init; }

    /// <summary>What it can make: <c>speech</c>, <c>chat</c>, <c>embedding</c>, <c>image</c>, <c>video</c>, <c>transcription</c>.</summary>
    public required IReadOnlyList<string> Kinds { get; init; }

    /// <summary><c>ok</c>; <c>degraded</c> when some keys are out, <c>down</c> when all are; <c>off</c> without any key in use, and when disabled.</summary>
    public required string State { get; init; }

    public required KeyCounts Keys { get; init; }

    /// <summary>Calls of the last five minutes, each try counted.</summary>
    public required int Calls { get; init; }

    /// <summary>Those of them that failed.</summary>
    public required int Errors { get; init; }

    /// <summary>Median time to the first byte of the latest answers, in milliseconds; null when there were none.</summary>
    public required double? FirstByteMs { get; init; }

    /// <summary>A key is written <c>id:secret</c>.</summary>
    public required bool Pair { get; init; }

    /// <summary>An administrator has switched it off: it is given no new work.</summary>
    public required bool Disabled { get; init; }
}

/// <summary>What to change of a provider; what is absent stays.</summary>
public sealed record ProviderChangeRequest
{
    /// <summary>True to give it no new work; models only it serves are hidden. What it has begun is still asked about.</summary>
    public bool? Disabled { get; init; }
}

/// <param name="Total">Keys that are not set aside.</param>
/// <param name="Healthy">Those in use.</param>
public sealed record KeyCounts(int Total, int Healthy);

/// <summary>A key of a pool, masked.</summary>
public sealed record PoolKeyView
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    /// <summary>How the key begins; empty for short ones.</summary>
    public required string Prefix { get; init; }

    /// <summary>How it ends; empty for short ones.</summary>
    public required string Last4 { get; init; }

    /// <summary><c>settings</c>: read-only here; <c>added</c>: added here.</summary>
    public required string Source { get; init; }

    /// <summary>Share of the calls, 1 to 1,000.</summary>
    public required int Weight { get; init; }

    public required bool Disabled { get; init; }

    /// <summary>
    /// <c>healthy</c>, <c>throttled</c>, <c>open</c> (failed too often), <c>out_of_quota</c>, <c>unauthorized</c>; <c>moved</c>: the provider's
    /// address has changed since it was entered, and it is not sent there; <c>shut</c>: it does not open under the keys of this server.
    /// </summary>
    public required string State { get; init; }

    /// <summary>When a key that is out is tried again; null when a test has to bring it back, and for healthy ones.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Calls under way.</summary>
    public required int InFlight { get; init; }

    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>The last failure, e.g. <c>status 429, type none, code rate_limit_exceeded</c>.</summary>
    public string? LastFault { get; init; }

    /// <summary>Null for a key from the settings.</summary>
    public DateTimeOffset? CreatedAt { get; init; }
}

/// <summary>A key to add.</summary>
public sealed record NewPoolKeyRequest
{
    /// <summary>For people, 1 to 80 characters.</summary>
    public required string Name { get; init; }

    /// <summary>The key itself; <c>id:secret</c> where keys are pairs. Kept encrypted, never shown again.</summary>
    public required string Key { get; init; }

    /// <summary>Share of the calls, 1 to 1,000; 1 when absent.</summary>
    public int? Weight { get; init; }

    /// <summary>Sets the key aside at once.</summary>
    public bool? Disabled { get; init; }

    /// <summary>Never the key.</summary>
    public override string ToString() => nameof(NewPoolKeyRequest);
}

/// <summary>What to change of a key; what is absent stays.</summary>
public sealed record PoolKeyChangeRequest
{
    /// <summary>For people, 1 to 80 characters.</summary>
    public string? Name { get; init; }

    /// <summary>Share of the calls, 1 to 1,000.</summary>
    public int? Weight { get; init; }

    /// <summary>Takes no new calls; tasks it started are still asked about with it.</summary>
    public bool? Disabled { get; init; }
}

/// <param name="Result"><c>valid</c>, and then the key is in use again; <c>refused</c>; <c>unreachable</c>.</param>
/// <param name="Detail">What the provider said, as far as it is fit to show; null when all is well.</param>
public sealed record PoolKeyTestView(string Result, string? Detail);

/// <param name="What"><c>throttled</c>, <c>out_of_quota</c>, <c>unauthorized</c>, <c>opened</c>, <c>closed</c>, <c>recovered</c>, <c>added</c>, <c>removed</c>.</param>
/// <param name="Key">Name of the key; its id when it is gone.</param>
public sealed record KeyEventView(DateTimeOffset At, string Provider, Guid KeyId, string Key, string What, string? Detail);
