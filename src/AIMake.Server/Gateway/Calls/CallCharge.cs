using AIMake.Catalog;
using AIMake.Credits;
using AIMake.Gateway.Forwarding;
using AIMake.Gateway.Idempotency;
using AIMake.Gateway.Till;
using AIMake.Providers;
using AIMake.Providers.Routing;
using AIMake.Usage;

namespace AIMake.Gateway.Calls;

/// <summary>What a call came to.</summary>
/// <param name="Charge">Credits, before the ceiling; nothing is charged where a user's own key was used.</param>
/// <param name="CostMicroUsd">What it cost us; null when unknown.</param>
/// <param name="Cut">The answer did not reach its end.</param>
internal sealed record Bill(string Kind, Model Model, ProviderUsage Used, Micro Charge, long? CostMicroUsd, bool Cut = false);

/// <summary>Charges a call that brought something, and writes its usage.</summary>
internal sealed class CallCharge(GatewayTill till, KeyedCalls keyed, TimeProvider time, ILogger<CallCharge> log)
{
    /// <summary>To be called before the first byte of an answer goes out that is charged at its end.</summary>
    /// <exception cref="Platform.Faults.FaultException">The call must not be answered here any more; see <see cref="KeyedCalls"/>.</exception>
    public Task BeginAsync(HttpContext context) => context.Features.Get<KeyedCall>() is { } key ? keyed.BeginAsync(key) : Task.CompletedTask;

    /// <summary>Gathers an answer that passes by, for calls whose answers are kept; null for all others.</summary>
    public AnswerSpool? Spool(HttpContext context) => context.Features.Get<KeyedCall>() is null ? null : keyed.Spool();

    /// <summary>Charges by tokens.</summary>
    /// <param name="delivered">Our own count of what was written.</param>
    /// <param name="answer">The whole answer; null for one that has been streamed.</param>
    /// <returns>What was charged.</returns>
    public Task<Micro> ChargeAsync(GatewayCall call, Ticket ticket, ProviderLease lease, ReportedUsage? reported, long delivered, bool cut, WholeBody? answer = null)
    {
        var used = call.Metering.Judge(reported, delivered, out var absurd);
        if (absurd)
        {
            GatewayLog.UsageAbsurd(log, lease.Route.Provider, ticket.Operation);
        }

        return ChargeAsync(call.Http, ticket, lease, BillOf(call, lease, used, cut), answer);
    }

    /// <summary>What a stream has come to by our own count: what its vendor will report is not known before its end.</summary>
    public Tally TallyOf(GatewayCall call, Ticket ticket, ProviderLease lease) => new(
        delivered => lease.OwnKey ? Micro.Zero : call.Metering.Worth(delivered),
        delivered => EventOf(ticket, lease, BillOf(call, lease, call.Metering.Judge(null, delivered, out _), cut: true)));

    /// <summary>The same of what has one price, known beforehand.</summary>
    public Tally TallyOf(Ticket ticket, ProviderLease lease, Bill bill) =>
        new(_ => lease.OwnKey ? Micro.Zero : bill.Charge, _ => EventOf(ticket, lease, bill with { Cut = true }));

    /// <summary>Charges what was worked out already. An answer whose request has an idempotency key is kept before.</summary>
    /// <param name="answer">The whole answer; null for one that has been streamed.</param>
    /// <returns>What was charged.</returns>
    public async Task<Micro> ChargeAsync(HttpContext context, Ticket ticket, ProviderLease lease, Bill bill, WholeBody? answer = null)
    {
        var due = lease.OwnKey ? Micro.Zero : bill.Charge;
        if (context.Features.Get<KeyedCall>() is { } key)
        {
            await keyed.KeepAsync(key, Micro.Min(due, ticket.Ceiling), lease.Route.Provider, answer);
        }

        return await till.ChargeAsync(ticket, due, EventOf(ticket, lease, bill));
    }

    private static Bill BillOf(GatewayCall call, ProviderLease lease, ProviderUsage used, bool cut)
    {
        var cost = TokenPrices.Cost(ModelRoutes.CostsOf(call.Model, lease.Route), used.InputTokens, used.CachedTokens, used.OutputTokens);
        return new Bill(call.Api.Kind, call.Model, used, call.Metering.Charge(used), cost, cut);
    }

    private UsageEvent EventOf(Ticket ticket, ProviderLease lease, Bill bill) => new(
        ticket.Operation, ticket.UserId, time.GetUtcNow(), bill.Kind, bill.Model.Id, lease.Route.Provider, bill.Used, Micro.Zero,
        lease.OwnKey ? null : bill.Used.CostMicroUsd ?? bill.CostMicroUsd, time.GetElapsedTime(ticket.Opened))
    {
        ApiKeyId = ticket.ApiKeyId, OwnKey = lease.OwnKey, Cut = bill.Cut,
    };
}
