using System.ComponentModel.DataAnnotations;

namespace AIMake.Generations;

/// <summary>How the queue works. The defaults suit a machine of two cores.</summary>
internal sealed class GenerationsOptions : IValidatableObject
{
    public const string Section = "Generations";

    /// <summary>Generations one worker process runs at once (default 16). They mostly wait; providers bound the rest.</summary>
    [Range(1, 1000, ErrorMessage = "must be between 1 and 1000.")]
    public int Slots { get; set; } = 16;

    /// <summary>How long a claim lasts without renewal (default 60 s).</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How often claims are renewed (default 15 s). At most a third of <see cref="Lease"/>.</summary>
    public TimeSpan Renewal { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often leases of dead workers are looked for (default 5 s).</summary>
    public TimeSpan ReapEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the queue is looked at when nobody wakes it (default 1 s); bounds the delay of retries and snoozes.</summary>
    public TimeSpan PollEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Runs before work that keeps failing or killing its worker is given up (default 5).</summary>
    [Range(1, 100, ErrorMessage = "must be between 1 and 100.")]
    public int MaxAttempts { get; set; } = 5;

    /// <summary>How long one run may take (default 1 h); after that it is failed, whether or not its handler listens.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromHours(1);

    /// <summary>First wait before another attempt (default 1 s); doubles each time, jittered, up to <see cref="MaxBackOff"/>.</summary>
    public TimeSpan BackOff { get; set; } = TimeSpan.FromSeconds(1);

    public TimeSpan MaxBackOff { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long running work may go on after the server was asked to stop (default 20 s), before it is handed back.</summary>
    public TimeSpan DrainFor { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Operations grouped into one transaction at most (default 128).</summary>
    [Range(1, 1000, ErrorMessage = "must be between 1 and 1000.")]
    public int GroupSize { get; set; } = 128;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Renewal * 3 > Lease)
        {
            yield return new ValidationResult(
                $"({Renewal}) must be at most a third of Generations:Lease ({Lease}); lower the renewal or raise the lease.", [nameof(Renewal)]);
        }
    }
}
