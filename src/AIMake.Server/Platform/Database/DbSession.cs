using System.Data;
using Dapper;
using Npgsql;

namespace AIMake.Platform.Database;

/// <summary>
/// A connection and, inside <see cref="Database.TransactAsync{T}"/>, its transaction. Stores receive one and never open
/// their own: the service that tells the story owns the boundary. Not thread-safe.
/// </summary>
internal class DbSession(NpgsqlConnection connection, NpgsqlTransaction? transaction)
{
    /// <summary>For what Dapper does not cover: COPY, batches, LISTEN.</summary>
    public NpgsqlConnection Connection => connection;

    public NpgsqlTransaction? Transaction => transaction;

    public virtual async Task<IReadOnlyList<T>> QueryAsync<T>(Statement statement, object? parameters, CancellationToken ct) =>
        (await connection.QueryAsync<T>(Command(statement, parameters, ct))).AsList();

    public virtual Task<T?> FindAsync<T>(Statement statement, object? parameters, CancellationToken ct) =>
        connection.QuerySingleOrDefaultAsync<T>(Command(statement, parameters, ct));

    public virtual Task<T> SingleAsync<T>(Statement statement, object? parameters, CancellationToken ct) =>
        connection.QuerySingleAsync<T>(Command(statement, parameters, ct));

    /// <summary>Runs the statement and returns how many rows it changed: zero means that somebody was first.</summary>
    public virtual Task<int> ExecuteAsync(Statement statement, object? parameters, CancellationToken ct) =>
        connection.ExecuteAsync(Command(statement, parameters, ct));

    private CommandDefinition Command(Statement statement, object? parameters, CancellationToken ct) =>
        new(statement.Sql, parameters, transaction, commandType: CommandType.Text, cancellationToken: ct);
}
