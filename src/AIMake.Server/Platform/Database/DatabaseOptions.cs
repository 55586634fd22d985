using System.ComponentModel.DataAnnotations;

namespace AIMake.Platform.Database;

/// <summary>Where the database is and how patient each kind of work is with it.</summary>
internal sealed class DatabaseOptions : IValidatableObject
{
    public const string Section = "Database";

    /// <summary>
    /// <c>postgresql://user:password@host:port/name?sslmode=require</c> or an Npgsql connection string.
    /// Empty (the default): a private PostgreSQL under the data folder. The environment's flat name is <c>DATABASE_URL</c>.
    /// </summary>
    public string? Url { get; set; }

    /// <summary>For reads that tolerate lag; empty means the primary. Flat name <c>DATABASE_REPLICA_URL</c>.</summary>
    public string? ReplicaUrl { get; set; }

    /// <summary>Connections for what a caller waits for (default 20).</summary>
    [Range(1, 1_000, ErrorMessage = "must be between 1 and 1,000.")]
    public int HotConnections { get; set; } = 20;

    /// <summary>Connections for administration and webhooks, so that a storm on the hot path never starves them (default 6).</summary>
    [Range(1, 1_000, ErrorMessage = "must be between 1 and 1,000.")]
    public int AdminConnections { get; set; } = 6;

    /// <summary>Connections for workers and recurring jobs (default 10).</summary>
    [Range(1, 1_000, ErrorMessage = "must be between 1 and 1,000.")]
    public int JobConnections { get; set; } = 10;

    /// <summary>Connections for what need not be durable by itself (default 2): groups of holds, one after the other.</summary>
    [Range(1, 100, ErrorMessage = "must be between 1 and 100.")]
    public int FleetingConnections { get; set; } = 2;

    /// <summary>Connections for charging calls in groups, one after the other (default 2).</summary>
    [Range(1, 100, ErrorMessage = "must be between 1 and 100.")]
    public int TillConnections { get; set; } = 2;

    /// <summary>Apply migrations at start (default true). Turn off where a deployment step does it.</summary>
    public bool MigrateOnStart { get; set; } = true;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, url) in new[] { (nameof(Url), Url), (nameof(ReplicaUrl), ReplicaUrl) })
        {
            if (!string.IsNullOrEmpty(url) && DatabaseUrl.Fault(url) is { } fault)
            {
                yield return new(fault, [name]);
            }
        }
    }
}
