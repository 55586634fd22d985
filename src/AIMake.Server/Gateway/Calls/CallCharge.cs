using AIMake.Catalog;
using AIMake.Credits;
using AIMake.Gateway.Forwarding;
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
internal sealed class CallCharge(GatewayTill till, TimeProvider time, ILogger<CallCharge> log)
{
    /// <summary>Charges by tokens.</summary>
    /// <param name="delivered">Our own count of what was written.</param>
    /// <returns>What was charged.</returns>
    public Task<Micro> ChargeAsync(GatewayCall call, Ticket ticket, ProviderLease lease, ReportedUsage? reported, long delivered, bool cut)
    {
        var used = call.Metering.Judge(reported, delivered, out var absurd);
        if (absurd)
        {
            GatewayLog.UsageAbsurd(log, lease.Route.Provider, ticket.Operation);
        }

        var cost = TokenPrices.Cost(ModelRoutes.CostsOf(call.Model, lease.Route), used.InputTokens, used.CachedTokens, used.OutputTokens);
        return ChargeAsync(ticket, lease, new Bill(call.Api.Kind, call.Model, used, call.Metering.Charge(used), cost, cut));
    }

    /// <summary>Charges what was worked out already.</summary>
    /// <returns>What was charged.</returns>
    public Task<Micro> ChargeAsync(Ticket ticket, ProviderLease lease, Bill bill)
    {
        var written = new UsageEvent(
            ticket.Operation, ticket.UserId, time.GetUtcNow(), bill.Kind, bill.Model.Id, lease.Route.Provider, bill.Used, Micro.Zero,
            lease.OwnKey ? null : bill.Used.CostMicroUsd ?? bill.CostMicroUsd, time.GetElapsedTime(ticket.Opened))
        {
            ApiKeyId = ticket.ApiKeyId, OwnKey = lease.OwnKey, Cut = bill.Cut,
        };
        return till.ChargeAsync(ticket, lease.OwnKey ? Micro.Zero : bill.Charge, written);
    }
}
