using AIMake.Gateway.Calls;
using AIMake.Gateway.Idempotency;
using AIMake.Gateway.Till;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Providers.Routing;

namespace AIMake.Gateway.Forwarding;

/// <summary>
/// Carries a request of OpenAI's shape to a server that speaks it, and the answer back, byte for byte; a vendor of another tongue is
/// asked through its seam. Reads usage on the way, charges, and only then lets the last byte go.
/// </summary>
internal sealed class Forwarder(UpstreamCalls calls, StreamRelay streams, CallCharge charge, TimeProvider time)
{
    public Task ForwardAsync(GatewayCall call) => calls.RunAsync(
        call.Http, call.Caller, call.Model, call.Metering.Ceiling,
        (lease, refusal, ct) => lease.Vendor.Passage(lease.Endpoint) is null ? call.Api.TranslateAsync(call, lease, time, ct) : SendAsync(call, lease, refusal, ct),
        (ticket, lease, begun) => call.Body.Stream ? streams.RelayAsync(call, ticket, lease, begun) : AnswerAsync(call, ticket, lease, begun),
        lasting: call.Body.Stream);

    private async Task<UpstreamAnswer> SendAsync(GatewayCall call, ProviderLease lease, Refusal refusal, CancellationToken ct)
    {
        var content = call.Body.ToContent(lease.Route.Model, call.Api.MustAskUsage && call.Body.Stream);
        var wanted = call.Body.Stream ? "text/event-stream" : "application/json";
        return new ForwardedAnswer(await calls.SendAsync(lease, call.Api.Path, content, type => type == wanted, refusal, ct));
    }

    private async Task AnswerAsync(GatewayCall call, Ticket ticket, ProviderLease lease, UpstreamAnswer begun)
    {
        var answer = await begun.ReadAsync(call, lease, call.Http.RequestAborted);
        Failpoint.Hit("gateway.answered");
        var charged = await charge.ChargeAsync(call, ticket, lease, answer.Reported, answer.Delivered, cut: false, new WholeBody("application/json", answer.Json));
        Failpoint.Hit("gateway.charged");
        await PaidAnswer.SendAsync(call.Http, charged, "application/json", answer.Json);
    }
}
