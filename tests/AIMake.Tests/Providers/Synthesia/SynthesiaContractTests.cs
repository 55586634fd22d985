using AIMake.Providers;
using AIMake.Tests.Simulator;

namespace AIMake.Tests.Providers.Synthesia;

public sealed class SynthesiaContractTests(SimulatorHost simulator) : VideoProviderContract(simulator), IDisposable
{
    private readonly SynthesiaTestBed _bed = new(simulator.Host);

    public void Dispose() => _bed.Dispose();

    private protected override IVideoProvider Create(string key) => _bed.Provider(key);

    private protected override VideoRequest Request(string prompt) => SynthesiaTestBed.Hello with { Prompt = prompt };

    private protected override VideoRequest FailingRequest() => Request("Rain.") with { Options = new Dictionary<string, string> { ["title"] = "error please" } };

    [Fact]
    public async Task Moderation_ends_a_task_as_the_callers_doing()
    {
        var provider = Create(Key);
        var ordered = await provider.SubmitAsync(Request("Rain.") with { Options = new Dictionary<string, string> { ["title"] = "rejected please" } }, Ct);

        var fault = (await EndAsync(provider, ordered.Id)).Fault!;

        Assert.Equal((ProviderFaultKind.Rejected, ProviderParty.Caller), (fault.Kind, fault.Party));
    }

    [Fact]
    public async Task The_length_and_a_still_come_with_the_film()
    {
        var provider = Create(Key);
        var ordered = await provider.SubmitAsync(Request(new string('a', 45)), Ct);

        var made = await EndAsync(provider, ordered.Id);

        Assert.Equal((1, 3m, UsageSource.Provider), (made.Usage!.Count, made.Usage.Seconds, made.Usage.Source));
        Assert.Equal([0xff, 0xd8], (await FetchAsync(provider, made, VideoVariant.Thumbnail))[..2]);
        Assert.Equal(ProviderFaultKind.Rejected, (await FaultAsync(() => provider.FetchAsync(made, VideoVariant.Video1080, Ct))).Kind);
    }

    [Fact]
    public async Task A_link_gone_stale_is_renewed()
    {
        var provider = Create(Key);
        var made = await EndAsync(provider, (await provider.SubmitAsync(Request("Rain."), Ct)).Id);
        var stale = made with { Links = new Dictionary<VideoVariant, Uri> { [VideoVariant.Video] = new(made.Links[VideoVariant.Video].GetLeftPart(UriPartial.Path) + "?Expires=1") } };

        Assert.Equal("ftyp"u8.ToArray(), (await FetchAsync(provider, stale, VideoVariant.Video))[4..8]);
    }

    [Fact]
    public async Task A_store_that_does_not_open_at_all_is_the_vendors_failure_and_blames_no_key()
    {
        var provider = Create(Key);
        var made = await EndAsync(provider, (await provider.SubmitAsync(Request("Rain."), Ct)).Id);
        var path = made.Links[VideoVariant.Video].AbsolutePath;
        await Simulator.FaultsAsync(new { path, malformed = "html" });

        var fault = await FaultAsync(() => provider.FetchAsync(made, VideoVariant.Video, Ct));

        Assert.Equal((ProviderFaultKind.Lost, ProviderParty.Provider, true), (fault.Kind, fault.Party, fault.Retryable));
        Assert.Equal(2, (await Simulator.BookAsync()).Count(call => call.Path == path));
    }

    [Fact]
    public async Task A_film_cut_off_on_its_way_is_told_to_whoever_reads_it()
    {
        var provider = Create(Key);
        var made = await EndAsync(provider, (await provider.SubmitAsync(Request("Rain."), Ct)).Id);
        await Simulator.FaultsAsync(new { path = made.Links[VideoVariant.Video].AbsolutePath, cutAfterBytes = 2000 });

        var fault = await FaultAsync(() => FetchAsync(provider, made, VideoVariant.Video));

        Assert.Equal((ProviderStage.Stream, ProviderFaultKind.Interrupted), (fault.Stage, fault.Kind));
    }

    [Fact]
    public async Task The_key_goes_to_the_vendor_and_not_to_where_its_files_lie()
    {
        var provider = Create("sk-not-for-files");
        var made = await EndAsync(provider, (await provider.SubmitAsync(Request("Rain."), Ct)).Id);
        await FetchAsync(provider, made, VideoVariant.Video);

        Assert.All((await Simulator.BookAsync()).Where(call => call.Path.StartsWith("/synthesia/files", StringComparison.Ordinal)), call => Assert.Null(call.Key));
    }

    [Theory]
    [InlineData("sk-fine", null)]
    [InlineData("nobody", ProviderFaultKind.Unauthorized)]
    [InlineData("", ProviderFaultKind.Unauthorized)]
    [InlineData("sk-line\r\nX-Injected: 1", ProviderFaultKind.Unauthorized)]
    [InlineData("sk-ключ", ProviderFaultKind.Unauthorized)]
    internal async Task A_key_is_tested_by_using_it(string key, ProviderFaultKind? kind)
    {
        var failure = await Record.ExceptionAsync(() => _bed.Vendor.TestAsync(_bed.Endpoint(key), Ct));

        Assert.Equal(kind, (failure as ProviderException)?.Fault.Kind);
        Assert.True(failure is null or ProviderException);
    }
}
