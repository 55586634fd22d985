using System.Diagnostics;

namespace AIMake.Bench;

/// <summary>
/// Calls that come when they are due, whether or not the ones before them have been answered: as from many strangers. Each is timed from the
/// moment it was due, so that waiting for a late sender counts too.
/// </summary>
internal static class OpenLoop
{
    /// <param name="perSecond">How many are due in a second.</param>
    /// <param name="count">How many in all.</param>
    /// <param name="call">The call of a number; false when it was not answered as it should.</param>
    public static async Task<OpenLoopFigures> RunAsync(int perSecond, int count, Func<int, Task<bool>> call)
    {
        var (took, failed) = (new double[count], 0);
        var calls = new List<Task>(count);
        var began = Stopwatch.GetTimestamp();
        while (calls.Count < count)
        {
            var due = Math.Min(count, (int)(Stopwatch.GetElapsedTime(began).TotalSeconds * perSecond) + 1);
            while (calls.Count < due)
            {
                var number = calls.Count;
                calls.Add(OneAsync(number));
            }

            await Task.Delay(1);
        }

        await Task.WhenAll(calls);
        Array.Sort(took);
        return new OpenLoopFigures(took, failed, Stopwatch.GetElapsedTime(began));

        async Task OneAsync(int number)
        {
            if (!await call(number))
            {
                Interlocked.Increment(ref failed);
            }

            took[number] = Math.Max(0, (Stopwatch.GetElapsedTime(began) - TimeSpan.FromSeconds((double)number / perSecond)).TotalMilliseconds);
        }
    }
}

/// <param name="Took">Milliseconds from the due moment to the answer, sorted.</param>
/// <param name="Failed">Not answered as they should have been.</param>
internal sealed record OpenLoopFigures(double[] Took, int Failed, TimeSpan Time)
{
    public double P50 => Took[Took.Length / 2];

    public double P99 => Took[Took.Length * 99 / 100];

    public override string ToString() => FormattableString.Invariant($"{Took.Length / Time.TotalSeconds,6:0}/s  p50 {P50:0.0} ms  p99 {P99:0.0} ms  most {Took[^1]:0.0} ms  failed {Failed}");
}
