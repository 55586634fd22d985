using AIMake.Providers;
using AIMake.Tests.Simulator;

namespace AIMake.Tests.Providers;

/// <summary>
/// What every way of making video promises, shown against the simulator, whose book is the judge. A vendor's tests inherit this and
/// add what is its own. The simulator ends a task after it was asked about a few times.
/// </summary>
public abstract class VideoProviderContract(SimulatorHost simulator) : IClassFixture<SimulatorHost>
{
    private const int MostPolls = 50;

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected SimulatorHost Simulator => simulator;

    /// <summary>A key of its own for each test, such as the simulator accepts.</summary>
    private protected virtual string Key => $"sk-{Guid.NewGuid():N}";

    /// <summary>A key the simulator refuses.</summary>
    private protected virtual string WrongKey => "nobody-of-that-key";

    /// <summary>A well-formed id that no task has.</summary>
    private protected virtual string UnknownTask => "3f1f6f0e-7f0e-4c65-9a4b-0f7a6f6b2d10";

    /// <summary>An adapter that calls the simulator with that key.</summary>
    private protected abstract IVideoProvider Create(string key);

    /// <summary>A request the vendor takes.</summary>
    private protected abstract VideoRequest Request(string prompt);

    /// <summary>A request that is taken, and whose task then fails.</summary>
    private protected abstract VideoRequest FailingRequest();

    private protected static async Task<ProviderFault> FaultAsync(Func<Task> call) => (await Assert.ThrowsAsync<ProviderException>(call)).Fault;

    /// <summary>Asks until the task has ended.</summary>
    private protected static async Task<VideoTask> EndAsync(IVideoProvider provider, string id)
    {
        for (var poll = 0; poll < MostPolls; poll++)
        {
            var task = await provider.PollAsync(id, Ct);
            Assert.Equal(id, task.Id);
            Assert.InRange(task.Progress, 0, 1);
            if (task.State is VideoTaskState.Succeeded or VideoTaskState.Failed) return task;
            Assert.Empty(task.Links);
            Assert.Null(task.Fault);
        }
        throw new InvalidOperationException($"The task has not ended after {MostPolls} polls.");
    }

    private protected static async Task<byte[]> FetchAsync(IVideoProvider provider, VideoTask task, VideoVariant variant)
    {
        await using var file = await provider.FetchAsync(task, variant, Ct);
        var bytes = new MemoryStream();
        await file.CopyToAsync(bytes, Ct);
        return bytes.ToArray();
    }

    [Fact]
    public async Task A_film_is_ordered_watched_and_fetched()
    {
        var provider = Create(Key);

        var ordered = await provider.SubmitAsync(Request("A lighthouse in the fog."), Ct);
        var made = await EndAsync(provider, ordered.Id);
        var film = await FetchAsync(provider, made, VideoVariant.Video);

        Assert.True(ordered.State is VideoTaskState.Queued or VideoTaskState.Running);
        Assert.Empty(ordered.Links);
        Assert.Equal((VideoTaskState.Succeeded, 1.0), (made.State, made.Progress));
        Assert.NotNull(made.Usage);
        Assert.True(made.Usage.Count > 0 || made.Usage.Seconds > 0);
        Assert.Equal("ftyp"u8.ToArray(), film[4..8]);
    }

    [Fact]
    public async Task What_was_not_made_cannot_be_fetched()
    {
        var provider = Create(Key);
        var task = new VideoTask(UnknownTask, VideoTaskState.Running, 0, new Dictionary<VideoVariant, Uri>());

        Assert.False((await FaultAsync(() => provider.FetchAsync(task, VideoVariant.Video, Ct))).Retryable);
    }

    [Fact]
    public async Task Two_orders_are_two_tasks_even_when_they_say_the_same()
    {
        var provider = Create(Key);

        Assert.NotEqual((await provider.SubmitAsync(Request("Rain."), Ct)).Id, (await provider.SubmitAsync(Request("Rain."), Ct)).Id);
    }

    [Fact]
    public async Task A_task_that_fails_is_a_state_with_a_reason_however_often_it_is_asked_about()
    {
        var provider = Create(Key);
        var ordered = await provider.SubmitAsync(FailingRequest(), Ct);

        var failed = await EndAsync(provider, ordered.Id);
        var again = await provider.PollAsync(ordered.Id, Ct);

        Assert.Equal((VideoTaskState.Failed, VideoTaskState.Failed), (failed.State, again.State));
        Assert.NotNull(failed.Fault);
        Assert.Empty(failed.Links);
    }

    [Fact]
    public async Task A_task_nobody_has_is_rejected_and_not_worth_a_retry()
    {
        var fault = await FaultAsync(() => Create(Key).PollAsync(UnknownTask, Ct));

        Assert.Equal((ProviderFaultKind.Rejected, false), (fault.Kind, fault.Retryable));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../../v2/webhooks")]
    [InlineData("a?b=c")]
    [InlineData("a b")]
    [InlineData("a\r\nX-Injected: 1")]
    public async Task What_is_not_a_tasks_id_does_not_leave(string id)
    {
        var key = Key;

        Assert.Equal(ProviderFaultKind.Rejected, (await FaultAsync(() => Create(key).PollAsync(id, Ct))).Kind);
        Assert.Empty(await simulator.BookAsync(key));
    }

    [Theory]
    [InlineData("\"quotes\", \\backslashes\\ and \t tabs\n and lines")]
    [InlineData("<speak><break time='3s'/>markup & more</speak>")]
    [InlineData("{\"prompt\":\"other\"}")]
    [InlineData("emoji 🎉 and 混合 тексты نص")]
    [InlineData("half a pair \uD83D here")]
    public async Task Any_text_is_just_text(string prompt) => Assert.NotEmpty((await Create(Key).SubmitAsync(Request(prompt), Ct)).Id);

    [Fact]
    public async Task A_key_that_is_refused_is_no_reason_to_try_again()
    {
        var fault = await FaultAsync(() => Create(WrongKey).SubmitAsync(Request("Rain."), Ct));

        Assert.Equal((ProviderFaultKind.Unauthorized, ProviderParty.Us, false), (fault.Kind, fault.Party, fault.Retryable));
    }

    [Fact]
    public async Task Throttling_is_told_and_left_to_others_to_sit_out()
    {
        var key = Key;
        await simulator.FaultsAsync(new { key, throttle = new { retryAfter = 7 } });

        var fault = await FaultAsync(() => Create(key).SubmitAsync(Request("Rain."), Ct));

        Assert.Equal((ProviderFaultKind.Throttled, true), (fault.Kind, fault.Retryable));
        Assert.Single(await simulator.BookAsync(key));
    }

    [Fact]
    public async Task A_failing_vendor_is_not_asked_twice_for_the_paid_step()
    {
        var key = Key;
        await simulator.FaultsAsync(new { key, failStatus = 503 });

        var fault = await FaultAsync(() => Create(key).SubmitAsync(Request("Rain."), Ct));

        Assert.Equal(ProviderFaultKind.ServerError, fault.Kind);
        Assert.NotEqual(ProviderStage.Connect, fault.Stage);
        Assert.Single(await simulator.BookAsync(key));
    }

    [Theory]
    [InlineData("html", ProviderFaultKind.ServerError)]
    [InlineData("json", ProviderFaultKind.InvalidResponse)]
    [InlineData("empty", ProviderFaultKind.InvalidResponse)]
    [InlineData("redirect", ProviderFaultKind.Redirected)]
    internal async Task A_broken_answer_is_a_failure_of_a_known_kind(string malformed, ProviderFaultKind kind)
    {
        var key = Key;
        var provider = Create(key);
        var ordered = await provider.SubmitAsync(Request("Rain."), Ct);
        await simulator.FaultsAsync(new { key, malformed });

        Assert.Equal(kind, (await FaultAsync(() => provider.SubmitAsync(Request("Rain."), Ct))).Kind);
        Assert.Equal(kind, (await FaultAsync(() => provider.PollAsync(ordered.Id, Ct))).Kind);
    }

    [Fact]
    public async Task A_canceled_call_ends_as_canceled()
    {
        using var caller = new CancellationTokenSource();
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Create(Key).SubmitAsync(Request("Rain."), caller.Token));
    }

    [Fact]
    public void Asking_again_has_a_measure()
    {
        var (first, most) = Create(Key).PollEvery;

        Assert.InRange(first, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        Assert.InRange(most, first, TimeSpan.FromMinutes(5));
    }
}
