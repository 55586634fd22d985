using System.Text.Json;
using AIMake.Gateway.Calls;
using AIMake.Gateway.Till;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Platform.Outbound;
using AIMake.Providers;
using AIMake.Providers.Routing;

namespace AIMake.Gateway.Forwarding;

/// <summary>
/// Carries a request of OpenAI's shape to a server that speaks it, and the answer back, byte for byte; reads usage on the way,
/// charges, and only then lets the last byte go.
/// </summary>
internal sealed class Forwarder(UpstreamCalls calls, StreamRelay streams, CallCharge charge)
{
    public Task ForwardAsync(GatewayCall call) => calls.RunAsync(
        call.Http, call.Caller, call.Model, call.Metering.Ceiling,
        (lease, refusal, ct) =>
        {
            var content = call.Body.ToContent(lease.Route.Model, call.Api.MustAskUsage && call.Body.Stream);
            var wanted = call.Body.Stream ? "text/event-stream" : "application/json";
            return calls.SendAsync(lease, call.Api.Path, content, type => type == wanted, refusal, ct);
        },
        (ticket, lease, response) => call.Body.Stream ? streams.RelayAsync(call, ticket, lease, response) : AnswerAsync(call, ticket, lease, response));

    private async Task AnswerAsync(GatewayCall call, Ticket ticket, ProviderLease lease, OutboundResponse response)
    {
        var answer = await UpstreamCalls.ReadAsync(lease, response, call.Http.RequestAborted);
        ReportedUsage? reported;
        try
        {
            reported = call.Api.ReadUsage(answer);
        }
        catch (JsonException)
        {
            throw UpstreamCalls.Blame(lease, ProviderFaults.Invalid("an answer that is not JSON"));
        }

        Failpoint.Hit("gateway.answered");
        var delivered = call.Api.Writes && (reported is not { } said || call.Metering.IsAbsurd(said, 0)) ? UsageJson.CountWords(answer) : 0;
        var charged = await charge.ChargeAsync(call, ticket, lease, reported, delivered, cut: false);
        Failpoint.Hit("gateway.charged");
        await PaidAnswer.SendAsync(call.Http, charged, "application/json", answer);
    }
}
