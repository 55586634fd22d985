using System.Net.Http.Json;
using AIMake.Generations;
using AIMake.Tests.Credits;
using AIMake.Tests.Generations;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Accounts.Profile;

public sealed class AccountDeletionTests
{
    [Fact]
    public async Task Work_under_way_ends_with_the_account_and_nothing_names_the_user_any_more()
    {
        var handler = new ScriptedHandler();
        await using var server = await TestServer.StartAsync(adjust: b => b.Services.AddSingleton<IGenerationHandler>(handler));
        var (user, other) = (await server.CreateUserAsync(), await server.CreateUserAsync());
        var (running, go, done) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        handler.Script = async (run, _) =>
        {
            running.TrySetResult();
            await go.Task;
            done.TrySetResult();
            return ScriptedHandler.Succeed(run.Ceiling);
        };
        var generations = server.Services.GetRequiredService<IGenerations>();
        Assert.True((await generations.StartAsync(QueueNode.Order(user.Id, 5), Ct)).Ok);
        Assert.True((await generations.StartAsync(QueueNode.Order(other.Id, 5), Ct)).Ok);
        await running.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);

        using var request = new HttpRequestMessage(HttpMethod.Delete, "/api/auth/me") { Content = JsonContent.Create(new { password = user.Password }) };
        await (await user.Http.SendAsync(request)).DataAsync();
        go.SetResult();
        await done.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);

        Assert.Equal("", await RowsNamingAsync(server, user.Id));
        Assert.Equal(0L, await TestDatabase.ExecuteAsync(server, $"SELECT count(*) FROM credits.holds WHERE user_id = '{user.Id}' AND state <> 'voided'"));
        Assert.Equal(1L, await TestDatabase.ExecuteAsync(server, $"SELECT count(*) FROM generations.generations WHERE user_id = '{other.Id}'"));
        await LedgerAssert.CleanAsync(server.ConnectionString);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Asks every table with a column for users, so that a new one is asked too. The books are meant to stay.</summary>
    private static async Task<string> RowsNamingAsync(TestServer server, Guid user)
    {
        var tables = ((string)(await TestDatabase.ExecuteAsync(server, """
            SELECT coalesce(string_agg(format('%I.%I', table_schema, table_name), ','), '')
            FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
            WHERE column_name = 'user_id' AND table_type = 'BASE TABLE' AND table_schema <> 'credits'
            """))!).Split(',');
        Assert.Contains("generations.generations", tables);
        var named = new List<string>();
        foreach (var table in tables)
        {
            if ((long)(await TestDatabase.ExecuteAsync(server, $"SELECT count(*) FROM {table} WHERE user_id = '{user}'"))! > 0)
            {
                named.Add(table);
            }
        }

        return string.Join(", ", named);
    }
}
