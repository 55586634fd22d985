using AIMake.Credits;
using AIMake.Generations;
using AIMake.Generations.Queue;
using AIMake.Generations.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Settings;
using AIMake.Tests.Credits;
using AIMake.Tests.Hosting;
using Npgsql;

namespace AIMake.Tests.Generations;

/// <summary>What becomes of work whose worker is gone, or only believed to be.</summary>
public sealed class TakeoverTests : IAsyncLifetime
{
    private string _database = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestPostgres.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Work_whose_worker_died_is_taken_over_and_the_dead_workers_result_changes_nothing()
    {
        await using var zombie = await QueueNode.StartAsync(_database, adjust: o =>
        {
            NeverRenews(o);
            o.Slots = 1;
        });
        var user = await zombie.UserAsync(10);
        var (running, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        zombie.Handler.Script = async (_, _) =>
        {
            running.TrySetResult();
            await release.Task;
            return ScriptedHandler.Succeed(Micro.FromCredits(5));
        };
        var id = (await zombie.Service.StartAsync(QueueNode.Order(user, 5), Ct)).Value.Id;
        await running.Task.WaitAsync(TimeSpan.FromSeconds(60), Ct);
        await ExpireLeaseAsync(id);

        await using var heir = await QueueNode.StartAsync(_database);
        heir.Handler.Script = (_, _) => Task.FromResult(ScriptedHandler.Succeed(Micro.FromCredits(2)));
        await heir.Worker.ReapAsync(Ct);
        var view = await heir.EndOfAsync(user, id);
        release.SetResult();
        await zombie.StopAsync();

        Assert.Equal(GenerationStatus.Succeeded, view.Status);
        Assert.Equal(2, (await heir.Service.FindAsync(user, id, Ct))!.Credits.Credits);
        Assert.Equal(2, heir.Handler.Runs.Single().Epoch);
        await LedgerAssert.CleanAsync(_database);
    }

    [Fact]
    public void Stopping_what_has_ended_meanwhile_does_nothing()
    {
        var run = ActiveRun.From(QueueNode.Order(Guid.CreateVersion7(), 1), null!, _ => { });
        run.Dispose();

        run.Stop(StopReason.LeaseLost);

        Assert.Equal(StopReason.LeaseLost, run.Reason);
    }

    [Fact]
    public async Task A_worker_whose_session_is_gone_is_noticed_before_its_lease_ends()
    {
        await using var node = await QueueNode.StartAsync(_database, ServerRole.Api);
        var user = await node.UserAsync(10);
        var id = (await node.Service.StartAsync(QueueNode.Order(user, 5), Ct)).Value.Id;
        await ExecuteAsync(
            "UPDATE generations.generations SET status = 'running', worker = 12345, epoch = 1, attempt = 1, lease_until = now() + interval '30 seconds' WHERE id = $1", id);

        await using var heir = await QueueNode.StartAsync(_database);
        Assert.Equal(1, await heir.Worker.ReapAsync(Ct));

        Assert.Equal(GenerationStatus.Succeeded, (await heir.EndOfAsync(user, id)).Status);
    }

    [Fact]
    public async Task Work_that_kills_its_worker_every_time_is_given_up_after_five_attempts_and_costs_nothing()
    {
        await using var node = await QueueNode.StartAsync(_database, ServerRole.Api);
        var user = await node.UserAsync(10);
        var id = (await node.Service.StartAsync(QueueNode.Order(user, 5), Ct)).Value.Id;
        await ExecuteAsync(
            "UPDATE generations.generations SET status = 'running', worker = 12345, epoch = 5, attempt = 5, lease_until = now() - interval '1 second' WHERE id = $1", id);

        Assert.Equal(1, await node.Worker.ReapAsync(Ct));

        var view = await node.EndOfAsync(user, id);
        Assert.Equal("ATTEMPTS_EXHAUSTED", view.Error!.Code);
        Assert.Equal(0, view.Credits.Credits);
        await LedgerAssert.CleanAsync(_database);
    }

    [Fact]
    public async Task An_inline_stream_whose_server_died_is_charged_at_its_last_checkpoint()
    {
        await using var node = await QueueNode.StartAsync(_database, ServerRole.Api, NeverRenews);
        var user = await node.UserAsync(10);
        var (delivered, hang) = (new TaskCompletionSource(), new TaskCompletionSource());
        var id = (await node.Service.StartAsync(QueueNode.Order(user, 5) with { Inline = true }, Ct)).Value.Id;
        var stream = node.Service.RunInlineAsync(
            id,
            async (run, _) =>
            {
                run.Checkpoint(Micro.FromCredits(2));
                delivered.SetResult();
                await hang.Task;
                return ScriptedHandler.Succeed(Micro.FromCredits(5));
            },
            Ct);
        await delivered.Task.WaitAsync(TimeSpan.FromSeconds(60), Ct);
        await UntilAsync(async () => await ScalarAsync<long>("SELECT checkpoint FROM generations.generations WHERE id = $1", id) == 2_000_000);
        await ExpireLeaseAsync(id);

        await node.Worker.ReapAsync(Ct);
        hang.SetResult();
        var view = await stream;

        Assert.Equal(GenerationStatus.Failed, view.Status);
        Assert.Equal("INTERRUPTED", view.Error!.Code);
        Assert.Equal(2, view.Credits.Credits);
        var told = Assert.Single(node.Cut);
        Assert.Equal((user, id, 2m), (told.UserId, told.Id, told.Credits.Credits));
        Assert.Equal(2, (await node.Service.ReceiptAsync(user, id, false, Ct)).Value.Lines.Sum(l => l.Credits.Credits));
        await LedgerAssert.CleanAsync(_database);
    }

    [Fact]
    public async Task A_run_that_lost_its_lease_completes_no_step()
    {
        await using var node = await QueueNode.StartAsync(_database, adjust: NeverRenews);
        var user = await node.UserAsync(10);
        var (running, go, answered) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource<bool>());
        node.Handler.Script = async (run, _) =>
        {
            if (run.Epoch > 1)
            {
                return ScriptedHandler.Succeed(run.Ceiling);
            }

            running.TrySetResult();
            await go.Task;
            answered.SetResult(await run.CompleteStepAsync("late", System.Text.Json.JsonSerializer.SerializeToElement(1), null, CancellationToken.None));
            return ScriptedHandler.Succeed(run.Ceiling);
        };
        var id = (await node.Service.StartAsync(QueueNode.Order(user, 5), Ct)).Value.Id;
        await running.Task.WaitAsync(TimeSpan.FromSeconds(60), Ct);
        await ExpireLeaseAsync(id);
        await node.Worker.ReapAsync(Ct);
        go.SetResult();

        Assert.False(await answered.Task.WaitAsync(TimeSpan.FromSeconds(60), Ct));
        Assert.Equal(GenerationStatus.Succeeded, (await node.EndOfAsync(user, id)).Status);
    }

    /// <summary>The word may come in the very moment in which the run lets go, when nobody is left to be told.</summary>
    [Fact]
    public async Task Work_whose_cancellation_was_asked_for_does_not_go_back_to_wait()
    {
        await using var node = await QueueNode.StartAsync(_database, adjust: NeverRenews);
        var user = await node.UserAsync(10);
        var (running, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        node.Handler.Script = async (_, _) =>
        {
            running.TrySetResult();
            await go.Task;
            return new RunResult.Snooze(TimeSpan.FromHours(1), System.Text.Json.JsonSerializer.SerializeToElement(1));
        };
        var id = (await node.Service.StartAsync(QueueNode.Order(user, 5), Ct)).Value.Id;
        await running.Task.WaitAsync(TimeSpan.FromSeconds(60), Ct);
        await ExecuteAsync("UPDATE generations.generations SET cancel_requested = true WHERE id = $1", id);

        go.SetResult();

        Assert.Equal(GenerationStatus.Canceled, (await node.EndOfAsync(user, id)).Status);
        Assert.Equal("voided", await ScalarAsync<string>("SELECT state::text FROM credits.holds WHERE operation = $1", id));
        await LedgerAssert.CleanAsync(_database);
    }

    [Fact]
    public async Task Work_that_waits_for_its_time_is_woken_and_other_work_is_not()
    {
        await using var node = await QueueNode.StartAsync(_database);
        var user = await node.UserAsync(10);
        node.Handler.Script = (run, _) => Task.FromResult<RunResult>(run.State.ValueKind == System.Text.Json.JsonValueKind.Undefined
            ? new RunResult.Snooze(TimeSpan.FromHours(1), System.Text.Json.JsonSerializer.SerializeToElement(1))
            : (RunResult.Succeeded)ScriptedHandler.Succeed(Micro.FromCredits(1)) with { Provider = "another" });
        var id = (await node.Service.StartAsync(QueueNode.Order(user, 5), Ct)).Value.Id;
        await UntilAsync(async () => await ScalarAsync<string>("SELECT stage FROM generations.generations WHERE id = $1", id) == "waiting");

        Assert.False(await node.Service.WakeAsync(Guid.CreateVersion7(), id, Ct));
        Assert.True(await node.Service.WakeAsync(user, id, Ct));

        var view = await node.EndOfAsync(user, id);
        Assert.Equal((GenerationStatus.Succeeded, "another"), (view.Status, view.Provider));
        Assert.False(await node.Service.WakeAsync(user, id, Ct));
        await LedgerAssert.CleanAsync(_database);
    }

    [Fact]
    public async Task Watchers_and_workers_go_on_after_every_session_was_cut()
    {
        await using var worker = await QueueNode.StartAsync(_database);
        await using var api = await QueueNode.StartAsync(_database, ServerRole.Api);
        var user = await api.UserAsync(10);

        for (var round = 0; round < 3; round++)
        {
            await ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND $1::uuid IS NOT NULL", user);
            var id = (await api.Service.StartAsync(QueueNode.Order(user, 1), Ct)).Value.Id;
            Assert.Equal(GenerationStatus.Succeeded, (await api.EndOfAsync(user, id)).Status);
        }

        await LedgerAssert.CleanAsync(_database);
    }

    private static void NeverRenews(GenerationsOptions options) => (options.Renewal, options.ReapEvery) = (TimeSpan.FromHours(1), TimeSpan.FromHours(1));

    private Task ExpireLeaseAsync(Guid id) =>
        ExecuteAsync("UPDATE generations.generations SET lease_until = now() - interval '1 second' WHERE id = $1", id);

    private async Task ExecuteAsync(string sql, Guid id)
    {
        await using var connection = new NpgsqlConnection(_database);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = id } } };
        await command.ExecuteNonQueryAsync(Ct);
    }

    private async Task<T> ScalarAsync<T>(string sql, Guid id)
    {
        await using var connection = new NpgsqlConnection(_database);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = id } } };
        return (T)(await command.ExecuteScalarAsync(Ct))!;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
        {
            await Task.Delay(10, Ct);
        }
    }
}
