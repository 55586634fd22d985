using System.Reflection;
using System.Text.RegularExpressions;
using AIMake.Platform.Database;
using AIMake.Tests.Hosting;
using Npgsql;

namespace AIMake.Tests.Architecture;

/// <summary>Every SQL statement of the server, held against the migrated schema and against the borders between modules.</summary>
public sealed partial class StatementTests
{
    /// <summary>What is unnested has a type PostgreSQL cannot tell from the statement; the driver tells it when the server runs.</summary>
    private static readonly Dictionary<string, string> Arrays = new(StringComparer.Ordinal)
    {
        ["users"] = "uuid[]", ["ids"] = "uuid[]", ["generations"] = "uuid[]",
        ["kinds"] = "text[]", ["models"] = "text[]", ["providers"] = "text[]", ["requests"] = "text[]", ["quotes"] = "text[]", ["stages"] = "text[]",
        ["statuses"] = "text[]", ["receipts"] = "text[]", ["codes"] = "text[]", ["args"] = "text[]", ["states"] = "text[]", ["details"] = "text[]",
        ["keys"] = "text[]", ["payloads"] = "text[]", ["digests"] = "bytea[]", ["hashes"] = "bytea[]",
        ["ceilings"] = "bigint[]", ["credits"] = "bigint[]", ["costs"] = "bigint[]", ["checkpoints"] = "bigint[]",
        ["epochs"] = "integer[]", ["ranks"] = "integer[]", ["positions"] = "integer[]", ["samples"] = "integer[]",
        ["progresses"] = "real[]", ["inlines"] = "boolean[]", ["claimed"] = "boolean[]", ["counts"] = "boolean[]", ["delays"] = "interval[]",
    };

    private static readonly IReadOnlyList<(Type Owner, Statement Statement)> All =
        [.. typeof(Statement).Assembly.GetTypes()
            .SelectMany(t => t.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
                .Where(f => f.FieldType == typeof(Statement))
                .Select(f => (t, (Statement)f.GetValue(null)!)))];

    [Fact]
    public async Task Every_statement_can_be_prepared_on_the_migrated_schema()
    {
        await using var connection = new NpgsqlConnection(await TestPostgres.CreateDatabaseAsync());
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        var faults = new List<string>();
        foreach (var (_, statement) in All)
        {
            try
            {
                await PrepareAsync(connection, statement.Sql);
            }
            catch (PostgresException e)
            {
                faults.Add($"{statement}: {e.SqlState} {e.MessageText}");
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.True(All.Count > 50, "the statements are not found where they were");
    }

    [Fact]
    public async Task A_statement_with_a_slip_would_be_found()
    {
        await using var connection = new NpgsqlConnection(await TestPostgres.CreateDatabaseAsync());
        await connection.OpenAsync(TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<PostgresException>(() => PrepareAsync(connection, "SELECT availabel FROM credits.accounts WHERE user_id = @userId"));
    }

    [Fact]
    public void A_statement_belongs_to_the_folder_it_stands_in() =>
        Assert.Equal([], All.Where(s => !s.Owner.Namespace!.StartsWith($"AIMake.{s.Statement.Module}", StringComparison.OrdinalIgnoreCase)).Select(s => s.Statement.ToString()));

    [Fact]
    public void A_statement_names_no_schema_but_its_own() => Assert.Equal([], All.SelectMany(s => ForeignSchemas(s.Statement)));

    [Fact]
    public void Another_modules_schema_would_be_found() =>
        Assert.Equal(["speech.peek names credits"], ForeignSchemas(new Statement("speech", "peek", "SELECT a.available FROM credits.accounts a")));

    [Fact]
    public void No_two_statements_share_a_name() =>
        Assert.Equal([], All.GroupBy(s => s.Statement.ToString()).Where(g => g.Count() > 1).Select(g => g.Key));

    private static IEnumerable<string> ForeignSchemas(Statement statement) => Modules.Names
        .Select(m => m.ToLowerInvariant())
        .Where(schema => schema != statement.Module && Regex.IsMatch(statement.Sql, $@"(?<![\w.@]){schema}\.\w", RegexOptions.IgnoreCase))
        .Select(schema => $"{statement} names {schema}");

    private static async Task PrepareAsync(NpgsqlConnection connection, string sql)
    {
        var names = new List<string>();
        var numbered = Parameter().Replace(sql, match =>
        {
            if (!names.Contains(match.Groups[1].Value))
            {
                names.Add(match.Groups[1].Value);
            }

            return $"${names.IndexOf(match.Groups[1].Value) + 1}";
        });
        var types = names.Count == 0 ? "" : $"({string.Join(", ", names.Select(n => TypeOf(n, sql)))})";
        await using var prepare = new NpgsqlCommand($"PREPARE probe {types} AS {numbered}", connection);
        await prepare.ExecuteNonQueryAsync();
        await using var forget = new NpgsqlCommand("DEALLOCATE probe", connection);
        await forget.ExecuteNonQueryAsync();
    }

    private static string TypeOf(string name, string sql) =>
        Regex.IsMatch(sql, $@"now\(\) [-+] @{name}\b") ? "interval"
        : Regex.IsMatch(sql, $@"unnest\([^)]*@{name}\b(?!::)") ? Arrays[name]
        : "unknown";

    [GeneratedRegex(@"(?<![:\w@])@(\w+)")]
    private static partial Regex Parameter();
}
