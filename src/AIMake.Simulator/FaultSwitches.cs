using System.Collections.Concurrent;

namespace AIMake.Simulator;

/// <summary>How calls are to misbehave; for one key, or for all that have no setting of their own.</summary>
internal sealed class FaultSwitches
{
    private readonly ConcurrentDictionary<string, Armed> _armed = new(StringComparer.Ordinal);

    public void Set(FaultSetting setting)
    {
        if (setting.IsNone) _armed.TryRemove(setting.Key ?? "", out _);
        else _armed[setting.Key ?? ""] = new Armed(setting);
    }

    public void Clear() => _armed.Clear();

    /// <summary>What is to happen to the next call with this key. Each taking uses up one of <see cref="FaultSetting.FailTimes"/>.</summary>
    public FaultSetting Take(string? key) =>
        (key is not null && _armed.TryGetValue(key, out var own) ? own : _armed.GetValueOrDefault(""))?.Take() ?? FaultSetting.None;

    private sealed class Armed(FaultSetting setting)
    {
        private int _left = setting.FailTimes ?? int.MaxValue;

        public FaultSetting Take() => Interlocked.Decrement(ref _left) >= 0 ? setting : setting.OnlySlow();
    }
}

/// <summary>Body of <c>POST /__faults</c>. What is left out behaves well; an empty setting takes the earlier one back.</summary>
internal sealed record FaultSetting
{
    public static readonly FaultSetting None = new();

    /// <summary>The bearer key it applies to; every key when left out.</summary>
    public string? Key { get; init; }

    /// <summary>Wait before the headers, in ms.</summary>
    public int? FirstByteMs { get; init; }

    /// <summary>Wait before each piece of sound, in ms.</summary>
    public int? SlowMs { get; init; }

    /// <summary>Bytes of sound in a piece (default 4096).</summary>
    public int? PieceBytes { get; init; }

    /// <summary>Break the connection after so many bytes of sound; 0 breaks it after the headers.</summary>
    public long? CutAfterBytes { get; init; }

    /// <summary>Fall silent after so many bytes of sound, until the caller leaves.</summary>
    public long? StallAfterBytes { get; init; }

    /// <summary>Answer 429.</summary>
    public ThrottleSetting? Throttle { get; init; }

    /// <summary>Answer with this status and an error body.</summary>
    public int? FailStatus { get; init; }

    /// <summary><c>code</c> of that error body, for example <c>insufficient_quota</c>.</summary>
    public string? FailCode { get; init; }

    /// <summary>How many calls fail, stall or are cut before the key behaves again; slowness stays. For ever when left out.</summary>
    public int? FailTimes { get; init; }

    /// <summary>Answer in a broken way: <c>html</c>, <c>json</c>, <c>empty</c>, <c>oddByte</c>, <c>badWav</c>, <c>redirect</c>, <c>sseError</c>.</summary>
    public string? Malformed { get; init; }

    internal bool IsNone => this with { Key = null, FailTimes = null } == None;

    internal FaultSetting OnlySlow() => new() { Key = Key, FirstByteMs = FirstByteMs, SlowMs = SlowMs, PieceBytes = PieceBytes };
}

/// <param name="RetryAfter">Seconds announced in <c>Retry-After</c>; no such header when left out.</param>
internal sealed record ThrottleSetting(int? RetryAfter = null);
