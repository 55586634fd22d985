using System.Collections.Concurrent;
using System.Reflection;
using Dapper;
using Npgsql;

namespace AIMake.Platform.Database;

/// <summary>
/// A session that gathers statements and sends them together: one round trip and one commit, all or none. Every task it hands out
/// is done when the batch is; what is asked for after that is a mistake. Used through <see cref="Database.PipelineAsync"/>.
/// </summary>
internal sealed class DbPipeline(NpgsqlConnection connection) : DbSession(connection, null)
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Members = new();

    private readonly NpgsqlBatch _batch = new(connection);
    private readonly List<Func<NpgsqlDataReader, Action>> _rows = [];
    private readonly List<Action> _answers = [];
    private readonly List<Action<Exception>> _failures = [];
    private bool _sent;

    public override Task<IReadOnlyList<T>> QueryAsync<T>(Statement statement, object? parameters, CancellationToken ct) =>
        Rows<IReadOnlyList<T>>(statement, parameters, reader => reader.Parse<T>().AsList());

    public override Task<T?> FindAsync<T>(Statement statement, object? parameters, CancellationToken ct)
        where T : default => Rows(statement, parameters, reader => reader.Parse<T?>().SingleOrDefault());

    public override Task<T> SingleAsync<T>(Statement statement, object? parameters, CancellationToken ct) =>
        Rows(statement, parameters, reader => reader.Parse<T>().Single());

    public override Task<int> ExecuteAsync(Statement statement, object? parameters, CancellationToken ct)
    {
        var command = Add(statement, parameters);
        var answer = Answer<int>();
        _answers.Add(() => answer.TrySetResult(command.RecordsAffected));
        return answer.Task;
    }

    /// <summary>Sends what was gathered. Its failure is also that of every task handed out.</summary>
    public async Task SendAsync(CancellationToken ct)
    {
        _sent = true;
        try
        {
            await using (var reader = await _batch.ExecuteReaderAsync(ct))
            {
                // Statements without rows have no result set; the reader passes over them by itself.
                foreach (var read in _rows)
                {
                    _answers.Add(read(reader));
                    await reader.NextResultAsync(ct);
                }
            }

            _answers.ForEach(answer => answer());
        }
        catch (Exception e)
        {
            _failures.ForEach(fail => fail(e));
            throw;
        }
    }

    private Task<T> Rows<T>(Statement statement, object? parameters, Func<NpgsqlDataReader, T> read)
    {
        Add(statement, parameters);
        var answer = Answer<T>();
        _rows.Add(reader =>
        {
            var rows = read(reader);
            return () => answer.TrySetResult(rows);
        });
        return answer.Task;
    }

    private TaskCompletionSource<T> Answer<T>()
    {
        // What follows an answer runs at once: it only translates rows, and a way through the thread pool costs more than that.
        var answer = new TaskCompletionSource<T>();
        _failures.Add(e =>
        {
            answer.TrySetException(e);
            _ = answer.Task.Exception; // told to whoever sends, too
        });
        return answer;
    }

    private NpgsqlBatchCommand Add(Statement statement, object? parameters)
    {
        if (_sent)
        {
            throw new InvalidOperationException($"{statement} was asked for after its pipeline was sent: gather first, await then.");
        }

        var command = new NpgsqlBatchCommand(statement.Sql);
        foreach (var member in parameters is null ? [] : Members.GetOrAdd(parameters.GetType(), static type => type.GetProperties()))
        {
            command.Parameters.AddWithValue(member.Name, member.GetValue(parameters) ?? DBNull.Value);
        }

        _batch.BatchCommands.Add(command);
        return command;
    }
}
