using System.Collections.Concurrent;

namespace AIMake.Simulator;

/// <summary>How calls are to misbehave; for one key or one path, or for all that have no setting of their own.</summary>
internal sealed class FaultSwitches
{
    private readonly ConcurrentDictionary<(string Key, string Path), Armed> _armed = new();

    /// <summary>Those still in force: one whose calls have all failed is gone, but for the slowness that stays.</summary>
    public IReadOnlyList<FaultSetting> All => [.. _armed.Values.Select(armed => armed.Remaining).Where(setting => !setting.IsNone)];

    public void Set(FaultSetting setting)
    {
        var place = (setting.Key ?? "", setting.Path ?? "");
        if (setting.IsNone) _armed.TryRemove(place, out _);
        else _armed[place] = new Armed(setting);
    }

    public void Clear() => _armed.Clear();

    /// <summary>
    /// What is to happen to the next call with this key, there: the closest setting counts, a key's before a path's. Each taking
    /// uses up one of <see cref="FaultSetting.FailTimes"/>.
    /// </summary>
    public FaultSetting Take(string? key, string path = "") => (Find(key ?? "", path) ?? Find("", path))?.Take() ?? FaultSetting.None;

    private Armed? Find(string key, string path) => _armed.GetValueOrDefault((key, path)) ?? Below(key, path) ?? _armed.GetValueOrDefault((key, ""));

    /// <summary>The longest <c>/prefix/*</c> that the path lies below.</summary>
    private Armed? Below(string key, string path) => _armed
        .Where(place => place.Key.Key == key && place.Key.Path.EndsWith("/*", StringComparison.Ordinal) && path.StartsWith(place.Key.Path[..^1], StringComparison.Ordinal))
        .OrderByDescending(place => place.Key.Path.Length).Select(place => place.Value).FirstOrDefault();

    private sealed class Armed(FaultSetting setting)
    {
        private int _left = setting.FailTimes ?? int.MaxValue;

        public FaultSetting Remaining => Volatile.Read(ref _left) > 0 ? setting : setting.OnlySlow();

        public FaultSetting Take() => Interlocked.Decrement(ref _left) >= 0 ? setting : setting.OnlySlow();
    }
}

/// <summary>Body of <c>POST /__faults</c>. What is left out behaves well; an empty setting takes the earlier one back.</summary>
internal sealed record FaultSetting
{
    public static readonly FaultSetting None = new();

    /// <summary>The key it applies to; every key when left out.</summary>
    public string? Key { get; init; }

    /// <summary>The path it applies to, e.g. <c>/v1/chat/completions</c>, or all below one, e.g. <c>/elevenlabs/*</c>; every path when left out.</summary>
    public string? Path { get; init; }

    /// <summary>Wait before the headers, in ms.</summary>
    public int? FirstByteMs { get; init; }

    /// <summary>Wait before each piece of sound or each event, in ms.</summary>
    public int? SlowMs { get; init; }

    /// <summary>Bytes of sound in a piece (default 4096).</summary>
    public int? PieceBytes { get; init; }

    /// <summary>Break the connection after so many bytes of the answer; 0 breaks it after the headers.</summary>
    public long? CutAfterBytes { get; init; }

    /// <summary>Fall silent after so many bytes of the answer, until the caller leaves.</summary>
    public long? StallAfterBytes { get; init; }

    /// <summary>Break the connection after so many events.</summary>
    public int? CutAfterEvents { get; init; }

    /// <summary>
    /// How a connection breaks: <c>fin</c> (default) closes it in the middle of the body, <c>rst</c> resets it, <c>end</c> ends the
    /// body as if all were well, <c>half</c> the same after half an event.
    /// </summary>
    public string? CutHow { get; init; }

    /// <summary>Fall silent after so many events, until the caller leaves.</summary>
    public int? StallAfterEvents { get; init; }

    /// <summary>Report a failure inside the stream after so many events.</summary>
    public int? ErrorAfterEvents { get; init; }

    /// <summary>Write so many bytes at a time; 1 cuts every character in pieces.</summary>
    public int? SliceBytes { get; init; }

    /// <summary>End the lines of events in CR LF.</summary>
    public bool Crlf { get; init; }

    /// <summary>A comment before every event.</summary>
    public bool PingEvents { get; init; }

    /// <summary>
    /// Where a chat's usage stands and what it says: <c>last</c>, <c>early</c> (another chunk follows), <c>finish</c> (in the last
    /// chunk with a choice), <c>every</c> (in every chunk, growing), <c>always</c> (also when nobody asked), <c>none</c>,
    /// <c>twice</c>, <c>negative</c> (-1), <c>huge</c> (10^18), <c>zero</c>, <c>text</c> (words instead of numbers).
    /// </summary>
    public string? Usage { get; init; }

    /// <summary>A chunk without <c>choices</c> in the middle of a chat's stream.</summary>
    public bool ChunkWithoutChoices { get; init; }

    /// <summary>What to answer to a chat or a response; made up from the question when left out.</summary>
    public ReplySetting? Reply { get; init; }

    /// <summary>Answer 429.</summary>
    public ThrottleSetting? Throttle { get; init; }

    /// <summary>Answer with this status and an error body.</summary>
    public int? FailStatus { get; init; }

    /// <summary><c>code</c> of that error body, for example <c>insufficient_quota</c>.</summary>
    public string? FailCode { get; init; }

    /// <summary>How many calls fail, stall or are cut before the key behaves again; slowness stays. For ever when left out.</summary>
    public int? FailTimes { get; init; }

    /// <summary>
    /// Answer in a broken way: <c>html</c>, <c>json</c>, <c>empty</c>, <c>contentType</c>, <c>gzipBomb</c>, <c>redirect</c>, and for
    /// sound <c>oddByte</c>, <c>badWav</c>, <c>sseError</c>.
    /// </summary>
    public string? Malformed { get; init; }

    internal bool IsNone => this with { Key = null, Path = null, FailTimes = null } == None;

    internal FaultSetting OnlySlow() => new() { Key = Key, Path = Path, FirstByteMs = FirstByteMs, SlowMs = SlowMs, PieceBytes = PieceBytes, Reply = Reply };
}

/// <param name="RetryAfter">Seconds announced in <c>Retry-After</c>; no such header when left out.</param>
internal sealed record ThrottleSetting(int? RetryAfter = null);

/// <summary>What a simulated model says.</summary>
/// <param name="Text">The words.</param>
/// <param name="Tokens">So many tokens of words, where only the length matters.</param>
/// <param name="ToolArguments">Arguments of a call of the first tool, as they stand, valid or not.</param>
/// <param name="FinishReason">Instead of the right one.</param>
/// <param name="ReasoningTokens">Counted, never shown.</param>
/// <param name="CachedTokens">Of those read.</param>
internal sealed record ReplySetting(
    string? Text = null, int? Tokens = null, string? ToolArguments = null, string? FinishReason = null, int ReasoningTokens = 0, int CachedTokens = 0);
