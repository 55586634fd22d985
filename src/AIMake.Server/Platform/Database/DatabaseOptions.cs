namespace AIMake.Platform.Database;

/// <summary>Where the database is and how patient each kind of work is with it.</summary>
internal sealed class DatabaseOptions
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
    public int HotConnections { get; set; } = 20;

    /// <summary>Connections for administration and webhooks, so that a storm on the hot path never starves them (default 6).</summary>
    public int AdminConnections { get; set; } = 6;

    /// <summary>Connections for workers and recurring jobs (default 10).</summary>
    public int JobConnections { get; set; } = 10;

    /// <summary>Apply migrations at start (default true). Turn off where a deployment step does it.</summary>
    public bool MigrateOnStart { get; set; } = true;
}
