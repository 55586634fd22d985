using System.Net.Sockets;
using AIMake.Platform.Faults;
using Npgsql;

namespace AIMake.Platform.Database;

/// <summary>The database could not do its part; carries the fault to answer with and the driver's own exception for the log.</summary>
internal sealed class DatabaseFaultException(Fault fault, Exception inner) : Exception(inner.Message, inner)
{
    public Fault Fault { get; } = fault;
}

/// <summary>Reads the driver's exceptions by SQLSTATE, never by text.</summary>
internal static class DatabaseErrors
{
    private static readonly TimeSpan ComeBack = TimeSpan.FromSeconds(2);

    /// <summary>How many attempts this failure deserves in all: 1 means none beyond the first.</summary>
    public static int Attempts(Exception e, int most) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected } => most,
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown } => 3,
        PostgresException { SqlState: var s } when s.StartsWith("08", StringComparison.Ordinal) => 3,
        PostgresException => 1,
        NpgsqlException { InnerException: TimeoutException } => 1,
        NpgsqlException { InnerException: IOException or SocketException } => 3,
        _ => 1,
    };

    /// <summary>The fault for the caller, or null when the exception is a bug rather than a broken day.</summary>
    public static Fault? ToFault(Exception e) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull or "53000" } => Busy(FaultCodes.StorageFull, 30),
        PostgresException { SqlState: PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled } => Busy(FaultCodes.Overloaded, 2),
        PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected } => Busy(FaultCodes.Overloaded, 1),
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow or "57P05" } => Down(),
        PostgresException { SqlState: var s } when s.StartsWith("08", StringComparison.Ordinal) => Down(),
        PostgresException => null,
        NpgsqlException n when n.Message.Contains("pool has been exhausted", StringComparison.Ordinal) => Busy(FaultCodes.Overloaded, 2),
        NpgsqlException => Down(),
        _ => null,
    };

    private static Fault Down() => new(FaultCodes.DatabaseUnavailable) { RetryAfter = ComeBack };

    private static Fault Busy(FaultCode code, int seconds) => new(code) { RetryAfter = TimeSpan.FromSeconds(seconds) };
}
