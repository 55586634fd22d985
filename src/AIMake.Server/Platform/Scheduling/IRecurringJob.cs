namespace AIMake.Platform.Scheduling;

/// <summary>
/// Work that recurs. Register it as a singleton <see cref="IRecurringJob"/>; it then runs on one node of the cluster at a
/// time, never twice at once, on nodes with a role that runs work. A run that was cut off by a crash or a deploy is run
/// again elsewhere, so one run must be safe to repeat.
/// </summary>
internal interface IRecurringJob
{
    /// <summary>Unique for ever, e.g. <c>credits-hold-sweep</c>: the cluster knows the job by it.</summary>
    string Name { get; }

    Recurrence When { get; }

    /// <summary>One run. Cancelled when the server stops; throw or let the cancellation through to have it run again.</summary>
    Task RunOnceAsync(CancellationToken ct);
}

/// <summary>When a job runs: at an interval, or at times of the clock in UTC.</summary>
/// <param name="Interval">Time between the starts of two runs; null with <paramref name="Expression"/>.</param>
/// <param name="Expression">Quartz's six fields, seconds first: <c>0 5 * * * ?</c> is five past every hour; null with <paramref name="Interval"/>.</param>
internal sealed record Recurrence(TimeSpan? Interval, string? Expression)
{
    public static Recurrence Every(TimeSpan interval) => new(interval, null);

    public static Recurrence Cron(string expression) => new(null, expression);

    public override string ToString() => Expression ?? Interval!.Value.ToString("c");
}
