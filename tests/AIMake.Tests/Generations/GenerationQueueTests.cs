using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using AIMake.Accounts;
using AIMake.Credits;
using AIMake.Generations;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Platform.Settings;
using AIMake.Tests.Credits;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Generations;

public sealed class GenerationQueueTests : IAsyncLifetime
{
    private string _database = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestPostgres.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Work_is_run_once_and_charged_what_it_cost_with_the_rest_freed()
    {
        await using var node = await QueueNode.StartAsync(_database);
        var user = await node.UserAsync(10);
        node.Handler.Script = (_, _) => Task.FromResult(ScriptedHandler.Succeed(Micro.FromCredits(3)));

        var started = await node.Service.StartAsync(QueueNode.Order(user, 5), Ct);
        var view = await node.EndOfAsync(user, started.Value.Id);

        Assert.Equal(GenerationStatus.Succeeded, view.Status);
        Assert.Equal(3, view.Credits.Credits);
        Assert.Equal(5, view.Ceiling.Credits);
        Assert.Equal(1, view.Progress);
        Assert.Single(node.Handler.Runs);
        var receipt = await node.Service.ReceiptAsync(user, view.Id, withCost: false, Ct);
        Assert.Equal(3, receipt.Value.Lines.Sum(l => l.Credits.Credits));
        Assert.Equal(["running", "succeeded"], view.Timeline.Select(t => t.Stage).TakeLast(2));
        await LedgerAssert.CleanAsync(_database);
    }

    [Fact]
    public async Task Work_that_fails_for_good_costs_nothing_and_says_why_in_both_languages()
    {
        await using var node = await QueueNode.StartAsync(_database);
        var user = await node.UserAsync(10);
        node.Handler.Script = (_, _) => Task.FromResult(ScriptedHandler.Fail());

        var started = await node.Service.StartAsync(QueueNode.Order(user, 5), Ct);
        var view = await node.EndOfAsync(user, started.Value.Id);

        Assert.Equal(GenerationStatus.Failed, view.Status);
        Assert.Equal(0, view.Credits.Credits);
        Assert.Equal("UPSTREAM_ERROR", view.Error!.Code);
        Assert.Contains("not charged", view.Error.Message, StringComparison.Ordinal);
        Assert.Contains("未扣费", (await node.Service.FindAsync(user, view.Id, Ct, "zh-CN"))!.Error!.Message, StringComparison.Ordinal);
        await LedgerAssert.CleanAsync(_database);
    }

    [Fact]
    public async Task A_handler_that_always_throws_is_given_up_after_five_attempts()
    {
        await using var node = await QueueNode.StartAsync(_database);
        var user = await node.UserAsync(10);
        node.Handler.Script = (_, _) => throw new InvalidOperationException("bug");

        var started = await node.Service.StartAsync(QueueNode.Order(user, 5), Ct);
        var view = await node.EndOfAsync(user, started.Value.Id);

        Assert.Equal("ATTEMPTS_EXHAUSTED", view.Error!.Code);
        Assert.Equal(5, node.Handler.Runs.Count);
        Assert.Equal([1, 2, 3, 4, 5], node.Handler.Runs.Select(r => r.Epoch));
        await LedgerAssert.CleanAsync(_database);
    }

    [Fact]
    public async Task Work_that_ignores_its_deadline_is_failed_and_holds_nobody_else_up()
    {
        await using var node = await QueueNode.StartAsync(_database, adjust: o => (o.Deadline, o.Slots) = (TimeSpan.FromMilliseconds(200), 2));
        var user = await node.UserAsync(10);
        var forever = new TaskCompletionSource<RunResult>();
        var stuck = QueueNode.Order(user, 1);
        node.Handler.Script = (run, _) => run.Id == stuck.Id ? forever.Task : Task.FromResult(ScriptedHandler.Succeed(run.Ceiling));

        await node.Service.StartAsync(stuck, Ct);
        for (var i = 0; i < 4; i++)
        {
            var other = await node.Service.StartAsync(QueueNode.Order(user, 1), Ct);
            Assert.Equal(GenerationStatus.Succeeded, (await node.EndOfAsync(user, other.Value.Id)).Status);
        }

        Assert.Equal("DEADLINE_EXCEEDED", (await node.EndOfAsync(user, stuck.Id)).Error!.Code);
        await LedgerAssert.CleanAsync(_database);
    }

    [Fact]
    public async Task Fifty_requests_with_one_key_do_the_work_once_over_two_nodes()
    {
        await using var one = await QueueNode.StartAsync(_database);
        await using var two = await QueueNode.StartAsync(_database);
        var user = await one.UserAsync(10);
        var claim = new IdempotencyClaim("same", SHA256.HashData("body"u8));

        var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(i =>
            (i % 2 == 0 ? one : two).Service.StartAsync(QueueNode.Order(user, 1) with { Idempotency = claim }, Ct)));
        var other = await two.Service.StartAsync(
            QueueNode.Order(user, 1) with { Idempotency = claim with { RequestHash = SHA256.HashData("other"u8) } }, Ct);

        var id = Assert.Single(replies.Select(r => r.Value.Id).Distinct());
        Assert.Equal(49, replies.Count(r => r.Value.Replayed));
        Assert.Equal("IDEMPOTENCY_KEY_REUSED", other.Fault!.Code.Code);
        await one.EndOfAsync(user, id);
        Assert.Equal(1, one.Handler.Runs.Count + two.Handler.Runs.Count);
        await LedgerAssert.CleanAsync(_database);
    }

    [Fact]
    public async Task A_key_refused_for_lack_of_credits_works_after_topping_up()
    {
        await using var node = await QueueNode.StartAsync(_database);
        var user = await node.UserAsync(0);
        var order = QueueNode.Order(user, 1_000) with { Idempotency = new IdempotencyClaim("k", SHA256.HashData("body"u8)) };

        var refused = await node.Service.StartAsync(order, Ct);
        await node.Database.TransactAsync(
            DbPurpose.Admin,
            s => node.Ledger.GrantAsync(s, new GrantOrder(user, Micro.FromCredits(1_000), "pack", $"late:{user}", 50, null, "test"), Ct),
            Ct);
        var accepted = await node.Service.StartAsync(order with { Id = Guid.CreateVersion7() }, Ct);

        Assert.Equal("INSUFFICIENT_CREDITS", refused.Fault!.Code.Code);
        Assert.False(accepted.Value.Replayed);
        Assert.Equal(GenerationStatus.Succeeded, (await node.EndOfAsync(user, accepted.Value.Id)).Status);
    }

    [Fact]
    public async Task Running_work_is_canceled_from_another_node_and_costs_nothing()
    {
        await using var worker = await QueueNode.StartAsync(_database);
        await using var api = await QueueNode.StartAsync(_database, ServerRole.Api);
        var user = await api.UserAsync(10);
        var running = new TaskCompletionSource();
        worker.Handler.Script = async (_, ct) =>
        {
            running.TrySetResult();
            await Task.Delay(Timeout.Infinite, ct);
            throw new InvalidOperationException("unreachable");
        };

        var started = await api.Service.StartAsync(QueueNode.Order(user, 5), Ct);
        await running.Task.WaitAsync(TimeSpan.FromSeconds(60), Ct);
        var canceled = await api.Service.CancelAsync(new CurrentCaller(user, null, Role.User), started.Value.Id, "en", Ct);
        var again = await api.Service.CancelAsync(new CurrentCaller(user, null, Role.User), started.Value.Id, "en", Ct);

        Assert.Equal(GenerationStatus.Canceled, canceled.Value.Status);
        Assert.Equal(0, canceled.Value.Credits.Credits);
        Assert.Equal("GENERATION_NOT_CANCELABLE", again.Fault!.Code.Code);
        await LedgerAssert.CleanAsync(_database);
    }

    [Fact]
    public async Task Queued_work_is_canceled_at_once_and_somebody_elses_is_not_found()
    {
        await using var api = await QueueNode.StartAsync(_database, ServerRole.Api);
        var (user, stranger) = (await api.UserAsync(10), await api.UserAsync(0));
        var started = await api.Service.StartAsync(QueueNode.Order(user, 5), Ct);

        var foreign = await api.Service.CancelAsync(new CurrentCaller(stranger, null, Role.User), started.Value.Id, "en", Ct);
        var own = await api.Service.CancelAsync(new CurrentCaller(user, null, Role.User), started.Value.Id, "en", Ct);

        Assert.Equal("NOT_FOUND", foreign.Fault!.Code.Code);
        Assert.Equal(GenerationStatus.Canceled, own.Value.Status);
        await LedgerAssert.CleanAsync(_database);
    }

    [Fact]
    public async Task A_snooze_comes_back_with_its_state_and_uses_up_no_attempt()
    {
        await using var node = await QueueNode.StartAsync(_database);
        var user = await node.UserAsync(10);
        node.Handler.Script = (run, _) => Task.FromResult(
            run.State.ValueKind == JsonValueKind.Undefined || run.State.GetProperty("polls").GetInt32() is var polls && polls < 7
                ? new RunResult.Snooze(TimeSpan.Zero, JsonSerializer.SerializeToElement(new
                {
                    polls = run.State.ValueKind == JsonValueKind.Undefined ? 1 : run.State.GetProperty("polls").GetInt32() + 1,
                }))
                : ScriptedHandler.Succeed(run.Ceiling));

        var started = await node.Service.StartAsync(QueueNode.Order(user, 5), Ct);

        Assert.Equal(GenerationStatus.Succeeded, (await node.EndOfAsync(user, started.Value.Id)).Status);
        Assert.Equal(8, node.Handler.Runs.Count);
    }

    [Fact]
    public async Task Every_claim_knows_the_API_key_its_work_was_ordered_with()
    {
        await using var node = await QueueNode.StartAsync(_database);
        var user = await node.UserAsync(10);
        var (key, seen) = (Guid.NewGuid(), new ConcurrentQueue<Guid?>());
        node.Handler.Script = (run, _) =>
        {
            seen.Enqueue(run.ApiKeyId);
            return Task.FromResult(run.Epoch == 1 ? new RunResult.Snooze(TimeSpan.Zero, JsonSerializer.SerializeToElement(1)) : ScriptedHandler.Succeed(run.Ceiling));
        };

        foreach (var ordered in new Guid?[] { key, null })
        {
            var started = await node.Service.StartAsync(QueueNode.Order(user, 1) with { ApiKeyId = ordered }, Ct);
            await node.EndOfAsync(user, started.Value.Id);
        }

        Assert.Equal([key, key, null, null], seen); // born claimed, then claimed from the queue
    }

    [Fact]
    public async Task Steps_done_before_a_failure_are_recorded_once_and_handed_to_the_next_run()
    {
        await using var node = await QueueNode.StartAsync(_database);
        var user = await node.UserAsync(10);
        var effects = 0;
        node.Handler.Script = async (run, ct) =>
        {
            if (!run.Steps.ContainsKey("first"))
            {
                Assert.True(await run.CompleteStepAsync(
                    "first",
                    JsonSerializer.SerializeToElement(new { part = 7 }),
                    (_, _) => Task.FromResult(Interlocked.Increment(ref effects)),
                    ct));
                throw new IOException("after the step");
            }

            return run.Steps["first"].GetProperty("part").GetInt32() == 7 ? ScriptedHandler.Succeed(run.Ceiling) : ScriptedHandler.Fail();
        };

        var started = await node.Service.StartAsync(QueueNode.Order(user, 5), Ct);

        Assert.Equal(GenerationStatus.Succeeded, (await node.EndOfAsync(user, started.Value.Id)).Status);
        Assert.Equal(1, effects);
        Assert.Equal(2, node.Handler.Runs.Count);
    }

    [Fact]
    public async Task A_stopping_node_hands_its_work_to_another_without_using_up_an_attempt()
    {
        var user = Guid.Empty;
        Guid id;
        await using var second = await QueueNode.StartAsync(_database, ServerRole.All);
        await using (var first = await QueueNode.StartAsync(_database, adjust: o => o.DrainFor = TimeSpan.Zero))
        {
            user = await first.UserAsync(10);
            var running = new TaskCompletionSource();
            first.Handler.Script = async (_, ct) =>
            {
                running.TrySetResult();
                await Task.Delay(Timeout.Infinite, ct);
                throw new InvalidOperationException("unreachable");
            };
            id = (await first.Service.StartAsync(QueueNode.Order(user, 5), Ct)).Value.Id;
            await running.Task.WaitAsync(TimeSpan.FromSeconds(60), Ct);
            await first.StopAsync();
        }

        var view = await second.EndOfAsync(user, id);

        Assert.Equal(GenerationStatus.Succeeded, view.Status);
        Assert.Contains(view.Timeline, t => t.Detail == "handed back");
        await LedgerAssert.CleanAsync(_database);
    }

    [Fact]
    public async Task Two_hundred_starts_on_credits_for_ten_let_exactly_ten_through()
    {
        await using var one = await QueueNode.StartAsync(_database);
        await using var two = await QueueNode.StartAsync(_database, ServerRole.Api);
        var user = await one.UserAsync(0);
        await one.Database.TransactAsync(
            DbPurpose.Admin,
            s => one.Ledger.HoldAsync(s, [new HoldOrder(Guid.CreateVersion7(), user, Micro.FromCredits(490), null)], Ct),
            Ct);

        var replies = await Task.WhenAll(Enumerable.Range(0, 200).Select(i =>
            (i % 2 == 0 ? one : two).Service.StartAsync(QueueNode.Order(user, 1), Ct)));

        Assert.Equal(10, replies.Count(r => r.Ok));
        Assert.All(replies.Where(r => !r.Ok), r => Assert.Equal("INSUFFICIENT_CREDITS", r.Fault!.Code.Code));
        foreach (var started in replies.Where(r => r.Ok))
        {
            await one.EndOfAsync(user, started.Value.Id);
        }

        await LedgerAssert.CleanAsync(_database);
    }
}
