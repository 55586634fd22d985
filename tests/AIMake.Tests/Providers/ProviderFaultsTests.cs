using AIMake.Platform.Faults;
using AIMake.Platform.Outbound;
using AIMake.Providers;

namespace AIMake.Tests.Providers;

public sealed class ProviderFaultsTests
{
    [Theory]
    [InlineData(OutboundFailure.NotAllowed, ProviderStage.Connect, ProviderParty.Us, ProviderFaultKind.Unreachable, false)]
    [InlineData(OutboundFailure.HeaderNotAllowed, ProviderStage.Connect, ProviderParty.Us, ProviderFaultKind.Unauthorized, false)]
    [InlineData(OutboundFailure.Unreachable, ProviderStage.Connect, ProviderParty.Provider, ProviderFaultKind.Unreachable, true)]
    [InlineData(OutboundFailure.ConnectTimeout, ProviderStage.Connect, ProviderParty.Clock, ProviderFaultKind.Timeout, true)]
    [InlineData(OutboundFailure.FirstByteTimeout, ProviderStage.FirstByte, ProviderParty.Clock, ProviderFaultKind.Timeout, true)]
    [InlineData(OutboundFailure.IdleTimeout, ProviderStage.Stream, ProviderParty.Clock, ProviderFaultKind.Timeout, true)]
    [InlineData(OutboundFailure.TotalTimeout, ProviderStage.Stream, ProviderParty.Clock, ProviderFaultKind.Timeout, true)]
    [InlineData(OutboundFailure.Redirected, ProviderStage.FirstByte, ProviderParty.Provider, ProviderFaultKind.Redirected, false)]
    [InlineData(OutboundFailure.TooLarge, ProviderStage.Decode, ProviderParty.Provider, ProviderFaultKind.InvalidResponse, true)]
    [InlineData(OutboundFailure.InvalidResponse, ProviderStage.Decode, ProviderParty.Provider, ProviderFaultKind.InvalidResponse, true)]
    [InlineData(OutboundFailure.Interrupted, ProviderStage.Stream, ProviderParty.Provider, ProviderFaultKind.Interrupted, true)]
    internal void Every_failure_on_the_wire_has_one_meaning(OutboundFailure failure, ProviderStage stage, ProviderParty party, ProviderFaultKind kind, bool retryable)
    {
        var fault = ProviderFaults.From(new OutboundException(failure), begun: true).Fault;

        Assert.Equal((stage, party, kind, retryable), (fault.Stage, fault.Party, fault.Kind, fault.Retryable));
    }

    [Fact]
    public void No_failure_on_the_wire_is_forgotten() =>
        Assert.All(Enum.GetValues<OutboundFailure>(), failure => Assert.NotNull(ProviderFaults.From(new OutboundException(failure), begun: false).Fault));

    [Theory]
    [InlineData(ProviderFaultKind.Unreachable, ProviderStage.Connect, "UPSTREAM_ERROR", 502)]
    [InlineData(ProviderFaultKind.Timeout, ProviderStage.FirstByte, "UPSTREAM_TIMEOUT", 504)]
    [InlineData(ProviderFaultKind.Throttled, ProviderStage.FirstByte, "PROVIDER_BUSY", 503)]
    [InlineData(ProviderFaultKind.QuotaExhausted, ProviderStage.FirstByte, "PROVIDER_BUSY", 503)]
    [InlineData(ProviderFaultKind.Unavailable, ProviderStage.Connect, "PROVIDER_BUSY", 503)]
    [InlineData(ProviderFaultKind.Unauthorized, ProviderStage.FirstByte, "UPSTREAM_ERROR", 502)]
    [InlineData(ProviderFaultKind.Rejected, ProviderStage.FirstByte, "UPSTREAM_REJECTED", 422)]
    [InlineData(ProviderFaultKind.ServerError, ProviderStage.FirstByte, "UPSTREAM_ERROR", 502)]
    [InlineData(ProviderFaultKind.InvalidResponse, ProviderStage.Decode, "UPSTREAM_INVALID_RESPONSE", 502)]
    [InlineData(ProviderFaultKind.Interrupted, ProviderStage.FirstByte, "UPSTREAM_ERROR", 502)]
    [InlineData(ProviderFaultKind.Interrupted, ProviderStage.Stream, "UPSTREAM_INTERRUPTED", 502)]
    [InlineData(ProviderFaultKind.Redirected, ProviderStage.FirstByte, "UPSTREAM_REDIRECT", 502)]
    internal void The_one_who_asked_is_told_what_concerns_them(ProviderFaultKind kind, ProviderStage stage, string code, int status)
    {
        var fault = ProviderFaults.ToFault(new(stage, ProviderParty.Provider, kind, true, Detail: "status 500, type canary"), "openai");

        Assert.Equal((code, status), (fault.Code.Code, fault.Code.Status));
        foreach (var language in new[] { "en", "zh-CN" })
        {
            Assert.Contains("openai", fault.Message(language), StringComparison.Ordinal);
            Assert.DoesNotContain("canary", fault.Message(language), StringComparison.Ordinal);
        }
        Assert.Equal(status == 503, fault.RetryAfter is not null);
    }

    [Fact]
    public void A_busy_provider_says_when_to_come_back() =>
        Assert.Equal(
            "The provider openai is busy; try again in 8 s.",
            ProviderFaults.ToFault(new(ProviderStage.FirstByte, ProviderParty.Provider, ProviderFaultKind.Throttled, true, TimeSpan.FromSeconds(7.2)), "openai").Message("en"));
}
