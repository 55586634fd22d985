using AIMake.Providers;
using AIMake.Providers.ElevenLabs;
using AIMake.Tests.Platform.Outbound;
using AIMake.Tests.Simulator;

namespace AIMake.Tests.Providers.ElevenLabs;

/// <summary>Voices, models, dialogue and the test of a key, against the simulator.</summary>
public sealed class ElevenLabsOfferTests(SimulatorHost simulator) : IClassFixture<SimulatorHost>, IDisposable
{
    private readonly ElevenLabsTestBed _bed = new(simulator.Host, path: ElevenLabsTestBed.Simulated);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Nonsenses => Nonsense.Names;

    public void Dispose() => _bed.Dispose();

    [Fact]
    public async Task Voices_are_read_to_the_last_page_each_once()
    {
        var voices = await _bed.Vendor.Offer(_bed.Endpoint).VoicesAsync(Ct);

        Assert.Equal(27, voices.Count);
        Assert.Equal(27, voices.DistinctBy(voice => voice.Id).Count());
        var george = voices.Single(voice => voice.Id == ElevenLabsTestBed.George);
        Assert.Equal(("George", "male", "premade", "en"), (george.Name, george.Gender, george.Category, Assert.Single(george.Languages)));
    }

    [Fact]
    public async Task Pages_that_never_end_do()
    {
        await using var server = new RawServer(Wire.Json("""{"voices":[{"voice_id":"same"}],"has_more":true,"next_page_token":"a b&c"}"""));
        using var bed = new ElevenLabsTestBed(server.Host);

        Assert.Equal("same", Assert.Single(await bed.Vendor.Offer(bed.Endpoint).VoicesAsync(Ct)).Id);
        Assert.Equal(50, server.Requests.Count);
        Assert.StartsWith("GET /v2/voices?page_size=100&next_page_token=a%20b%26c HTTP/1.1\r\n", server.Requests.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_say_how_much_they_take_and_cost()
    {
        var models = await _bed.Vendor.Offer(_bed.Endpoint).ModelsAsync(Ct);

        Assert.Contains(new ElevenLabsModel("eleven_flash_v2_5", "Eleven Flash v2.5", 40_000, 0.5), models);
    }

    [Fact]
    public async Task The_subscription_says_how_much_is_left()
    {
        var subscription = await _bed.Vendor.Offer(_bed.Endpoint).SubscriptionAsync(Ct);

        Assert.Equal(("creator", "active", 1200L, 100_000L, new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero)), (subscription.Tier, subscription.Status, subscription.Used, subscription.Limit, subscription.Resets));
    }

    [Theory]
    [InlineData("sk-fine", 0, null, null)]
    [InlineData("sk-may-only-speak", 401, "missing_permissions", null)]
    [InlineData("sk-empty", 401, "quota_exceeded", ProviderFaultKind.QuotaExhausted)]
    [InlineData("sk-wrong", 401, null, ProviderFaultKind.Unauthorized)]
    [InlineData("sk-busy", 429, "system_busy", ProviderFaultKind.Throttled)]
    [InlineData("sk-down", 500, null, ProviderFaultKind.ServerError)]
    [InlineData("nobody", 0, null, ProviderFaultKind.Unauthorized)]
    [InlineData("sk-line\r\nX-Injected: 1", 0, null, ProviderFaultKind.Unauthorized)]
    internal async Task A_key_is_tested_by_asking_after_its_account(string key, int failStatus, string? failCode, ProviderFaultKind? kind)
    {
        if (failStatus > 0) await simulator.FaultsAsync(new { key, failStatus, failCode });
        using var bed = new ElevenLabsTestBed(simulator.Host, key, ElevenLabsTestBed.Simulated);

        var failure = await Record.ExceptionAsync(() => bed.Vendor.TestAsync(bed.Endpoint, Ct));

        Assert.Equal(kind, (failure as ProviderException)?.Fault.Kind);
        Assert.True(failure is null or ProviderException);
        Assert.DoesNotContain("Injected", failure?.ToString() ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_behind_with_its_payments_is_out_of_quota()
    {
        await using var server = new RawServer(Wire.Json("""{"tier":"creator","status":"past_due","character_limit":100000}"""));
        using var bed = new ElevenLabsTestBed(server.Host);

        var failure = await Assert.ThrowsAsync<ProviderException>(() => bed.Vendor.TestAsync(bed.Endpoint, Ct));

        Assert.Equal(ProviderFaultKind.QuotaExhausted, failure.Fault.Kind);
    }

    [Theory]
    [MemberData(nameof(Nonsenses))]
    public async Task Nonsense_instead_of_models_has_a_name(string name)
    {
        // A list is what this route should answer, and this one has nothing in it that speaks.
        if (name == "numbers") return;
        await Nonsense.MeetAsync(name, async host =>
        {
            using var bed = new ElevenLabsTestBed(host);
            await bed.Vendor.Offer(bed.Endpoint).ModelsAsync(Ct);
        });
    }

    [Fact]
    public async Task A_dialogue_is_heard_as_it_comes_and_counted_with_its_directions()
    {
        DialogueLine[] lines = [new(ElevenLabsTestBed.George, "Welcome back!", "cheerfully"), new(ElevenLabsTestBed.Sarah, "Thanks for having me.")];

        var spoken = new SpokenSegment(await _bed.Vendor.Dialogue(_bed.Endpoint).SpeakAsync("eleven_v3", lines, Ct).ToListAsync(Ct));

        Assert.Equal(26 + 21, spoken.Chunks[^1].Usage!.Characters);
        Assert.InRange(spoken.Seconds, 1, 10);
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, 2001, 1)]
    [InlineData(11, 10, 11)]
    public async Task More_than_one_take_holds_is_refused_before_the_vendor_could_cut_it_short(int lines, int characters, int voices)
    {
        using var bed = new ElevenLabsTestBed(simulator.Host, "sk-too-much", ElevenLabsTestBed.Simulated);
        var script = Enumerable.Range(0, lines).Select(i => new DialogueLine($"voice{i % voices}", new string('a', characters))).ToList();

        var failure = await Assert.ThrowsAsync<ProviderException>(async () => await bed.Vendor.Dialogue(bed.Endpoint).SpeakAsync("eleven_v3", script, Ct).ToListAsync(Ct));

        Assert.Equal((ProviderFaultKind.Rejected, ProviderParty.Caller), (failure.Fault.Kind, failure.Fault.Party));
        Assert.Empty(await simulator.BookAsync("sk-too-much"));
    }

    [Fact]
    public async Task Times_fit_text_and_sound()
    {
        var spoken = await _bed.Vendor.TimedSpeech(_bed.Endpoint).SpeakAsync(ElevenLabsTestBed.Hello with { Text = "Hi 🎉 你" }, Ct);

        Assert.Equal(["H", "i", " ", "🎉", " ", "你"], spoken.Characters.Select(character => character.Character));
        Assert.Equal(spoken.Pcm.Length / 2.0 / spoken.SampleRate, spoken.Characters[^1].End, 3);
        Assert.Equal(6, spoken.Usage.Characters);
    }

    [Theory]
    [InlineData("quota_exceeded", ProviderFaultKind.QuotaExhausted)]
    [InlineData("insufficient_credits", ProviderFaultKind.QuotaExhausted)]
    [InlineData("paid_plan_required", ProviderFaultKind.Rejected)]
    [InlineData("output_format_not_allowed", ProviderFaultKind.Rejected)]
    [InlineData("concurrent_limit_exceeded", ProviderFaultKind.Throttled)]
    [InlineData("system_busy", ProviderFaultKind.Throttled)]
    [InlineData("detected_unusual_activity", ProviderFaultKind.Unauthorized)]
    internal async Task The_vendors_refusals_are_known_in_the_shapes_it_gives_them(string failCode, ProviderFaultKind kind)
    {
        var key = $"sk-{failCode}";
        await simulator.FaultsAsync(new { key, failStatus = 400, failCode });
        using var bed = new ElevenLabsTestBed(simulator.Host, key, ElevenLabsTestBed.Simulated);

        Assert.Equal(kind, (await bed.FaultAsync()).Kind);
        Assert.Single(await simulator.BookAsync(key));
    }

    [Fact]
    public async Task Sound_is_handed_on_as_it_comes_and_a_listener_who_leaves_is_noticed()
    {
        await simulator.FaultsAsync(new { key = "sk-slow", pieceBytes = 2000, stallAfterBytes = 4000 });
        using var bed = new ElevenLabsTestBed(simulator.Host, "sk-slow", ElevenLabsTestBed.Simulated);
        var heard = 0;

        await foreach (var chunk in bed.Provider.SynthesizeAsync(ElevenLabsTestBed.Hello with { Text = new string('a', 400) }, Ct))
            if ((heard += chunk.Pcm.Length) >= 4000) break; // the vendor will never send the rest

        Assert.Equal(4000, heard);
        var call = Assert.Single(await simulator.BookWhenAsync("sk-slow", book => book.All(call => call.End != "running")));
        Assert.Equal("callerGone", call.End);
    }
}
