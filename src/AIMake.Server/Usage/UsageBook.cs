using AIMake.Platform.Database;
using AIMake.Providers;

namespace AIMake.Usage;

/// <summary>
/// Writes events: one statement for a batch, and nothing it is given can make it fail, because the charge commits with it. A
/// figure beyond all reason is brought to the nearest reasonable one; whoever reports it marks it as estimated.
/// </summary>
internal sealed class UsageBook : IUsageBook
{
    /// <summary>Beyond any real call, and small enough for ninety million of them to be added up.</summary>
    private const long Most = 100_000_000_000;
    private const int LongestName = 200;

    public Task RecordAsync(DbSession session, IReadOnlyList<UsageEvent> events, CancellationToken ct)
    {
        if (events.Count == 0)
        {
            return Task.CompletedTask;
        }

        var c = Columns.Of(events);
        return session.ExecuteAsync(
            UsageSql.Record,
            new
            {
                users = c.Users, operations = c.Operations, times = c.Times, kinds = c.Kinds, models = c.Models, providers = c.Providers,
                sources = c.Sources, ownKeys = c.OwnKeys, cuts = c.Cuts, apiKeys = c.ApiKeys, inputs = c.Inputs, cached = c.Cached,
                outputs = c.Outputs, characters = c.Characters, millis = c.Millis, pieces = c.Pieces, credits = c.Credits, costs = c.Costs,
                durations = c.Durations,
            },
            ct);
    }

    public Task NoteAsync(DbSession session, IReadOnlyList<UsageEvent> soFar, CancellationToken ct)
    {
        if (soFar.Count == 0)
        {
            return Task.CompletedTask;
        }

        var c = Columns.Of(soFar);
        return session.ExecuteAsync(
            UsageSql.Note,
            new
            {
                users = c.Users, operations = c.Operations, times = c.Times, kinds = c.Kinds, models = c.Models, providers = c.Providers,
                sources = c.Sources, ownKeys = c.OwnKeys, apiKeys = c.ApiKeys, inputs = c.Inputs, cached = c.Cached, outputs = c.Outputs,
                characters = c.Characters, millis = c.Millis, pieces = c.Pieces, costs = c.Costs, durations = c.Durations,
            },
            ct);
    }

    public Task DropNotesAsync(DbSession session, IReadOnlyList<Guid> operations, CancellationToken ct) => operations.Count == 0
        ? Task.CompletedTask
        : session.ExecuteAsync(UsageSql.DropNotes, new { operations = operations.ToArray() }, ct);

    /// <summary>The batch turned on its side, as <c>unnest</c> wants it.</summary>
    private sealed class Columns(int count)
    {
        public readonly Guid[] Users = new Guid[count];
        public readonly Guid[] Operations = new Guid[count];
        public readonly DateTime[] Times = new DateTime[count];
        public readonly string[] Kinds = new string[count];
        public readonly string[] Models = new string[count];
        public readonly string[] Providers = new string[count];
        public readonly string[] Sources = new string[count];
        public readonly bool[] OwnKeys = new bool[count];
        public readonly bool[] Cuts = new bool[count];
        public readonly Guid?[] ApiKeys = new Guid?[count];
        public readonly long[] Inputs = new long[count];
        public readonly long[] Cached = new long[count];
        public readonly long[] Outputs = new long[count];
        public readonly long[] Characters = new long[count];
        public readonly long[] Millis = new long[count];
        public readonly long[] Pieces = new long[count];
        public readonly long[] Credits = new long[count];
        public readonly long?[] Costs = new long?[count];
        public readonly long[] Durations = new long[count];

        public static Columns Of(IReadOnlyList<UsageEvent> events)
        {
            var columns = new Columns(events.Count);
            for (var i = 0; i < events.Count; i++)
            {
                columns.Set(i, events[i]);
            }

            return columns;
        }

        private void Set(int i, UsageEvent e)
        {
            (Users[i], Operations[i], Times[i], ApiKeys[i]) = (e.UserId, e.Operation, e.At.UtcDateTime, e.ApiKeyId);
            (Kinds[i], Models[i], Providers[i], Sources[i]) = (Name(e.Kind), Name(e.Model), Name(e.Provider), SourceOf(e.Usage.Source));
            (OwnKeys[i], Cuts[i]) = (e.OwnKey, e.Cut);
            (Inputs[i], Cached[i], Outputs[i]) = (Sane(e.Usage.InputTokens), Sane(e.Usage.CachedTokens), Sane(e.Usage.OutputTokens));
            (Characters[i], Pieces[i]) = (Sane(e.Usage.Characters), Sane(e.Usage.Count));
            Millis[i] = (long)Math.Ceiling(Math.Clamp(e.Usage.Seconds, 0, Most / 1000) * 1000);
            // A user's own key: the vendor's bill is the user's, and so is its price.
            Credits[i] = e.OwnKey ? 0 : Math.Max(0, e.Charged.Value);
            Costs[i] = e.OwnKey || (e.CostMicroUsd ?? e.Usage.CostMicroUsd) is not { } cost ? null : Sane(cost);
            Durations[i] = Sane((long)e.Duration.TotalMilliseconds);
        }

        private static long Sane(long figure) => Math.Clamp(figure, 0, Most);

        /// <summary>PostgreSQL has no zero character, and no half of a surrogate pair.</summary>
        private static string Name(string name)
        {
            var cut = name.Length <= LongestName ? name : name[..(LongestName - (char.IsHighSurrogate(name[LongestName - 1]) ? 1 : 0))];
            return cut.Replace("\0", "", StringComparison.Ordinal);
        }

        private static string SourceOf(UsageSource source) => source switch
        {
            UsageSource.Provider => "provider",
            UsageSource.Estimated => "estimated",
            _ => "counted",
        };
    }
}
