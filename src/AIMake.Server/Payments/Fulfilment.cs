using AIMake.Accounts.Storage;
using AIMake.Catalog;
using AIMake.Credits;
using AIMake.Payments.Books;
using AIMake.Payments.Inbox;
using AIMake.Payments.Orders;
using AIMake.Payments.Subscriptions;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;

namespace AIMake.Payments;

/// <summary>
/// The one place where what providers tell becomes credits. Notices, return pages, rechecks, the nightly comparison and people come
/// here with the same facts; the order's row is locked first, then the payment's, then the ledger's account, and the payment's
/// reference is unique for ever, so that whoever is first has effect and nobody after. Runs in its caller's transaction.
/// </summary>
internal sealed class Fulfilment(ICreditLedger ledger, LiveCatalog catalog, PlanKeeper plans, TimeProvider time, ILogger<Fulfilment> log)
{
    public const int PlanPriority = 10;
    public const int PackagePriority = 50;

    /// <summary>How long an order without a page waits for money that comes by another way.</summary>
    private static readonly TimeSpan OpenFor = TimeSpan.FromDays(1);

    private static readonly string[] Open = [OrderStates.Created, OrderStates.Pending];
    private static readonly string[] OpenOrAwaiting = [OrderStates.Created, OrderStates.Pending, OrderStates.Awaiting];

    public async Task<FactResult> ApplyAsync(DbSession session, string provider, PaymentFact fact, CancellationToken ct)
    {
        var result = fact switch
        {
            PackagePaid paid => await PayPackageAsync(session, provider, paid, ct),
            PeriodPaid paid => await PayPeriodAsync(session, provider, paid, ct),
            PaymentAwaited awaited => await MoveAsync(session, provider, awaited.Keys, OrderStates.Awaiting, Open, ct),
            CheckoutEnded ended => await MoveAsync(session, provider, ended.Keys, ended.Failed ? OrderStates.Failed : OrderStates.Expired, OpenOrAwaiting, ct),
            SubscriptionSeen seen => await FollowAsync(session, provider, seen, ct),
            MoneyRefunded refunded => await RefundAsync(session, provider, refunded, ct),
            SubscriptionLinked linked => await LinkAsync(session, provider, linked, ct),
            PaymentNamed named => await NameAsync(session, provider, named, ct),
            ProviderMustTell unclear => new FactResult(FactVerdict.Waits, $"{unclear.What} {unclear.Id} has to be asked for"),
            MoneySeen seen => await ProviderBook.SeeAsync(session, provider, seen, time.GetUtcNow(), ct),
            MoneyDisputed disputed => await DisputeAsync(session, provider, disputed, ct),
            _ => throw new InvalidOperationException($"Nobody knows what to do with {fact.GetType().Name}."),
        };
        if (result.UserId is { } user && await Users.FindAsync(session, user, ct) is null)
        {
            await SubscriptionStore.ForgetCustomersAsync(session, user, ct);
            result = result with { UserIsGone = true };
        }

        Failpoint.Hit("payments.applied");
        return result;
    }

    /// <summary>Grants an unpaid order by hand: the money was seen elsewhere. Its notice, should it come, will find the order paid.</summary>
    public async Task<Outcome<Done>> GrantByHandAsync(DbSession session, Guid orderId, string reason, CancellationToken ct)
    {
        if (await OrderStore.LockAsync(session, orderId, ct) is not { } order)
        {
            return new Fault(FaultCodes.NotFound);
        }

        if (order.IsPaid)
        {
            return new Fault(FaultCodes.OrderPaid);
        }

        if (order.IsPlan)
        {
            return new Fault(FaultCodes.OrderNotGrantable);
        }

        await PayOrderAsync(session, order, new PaymentRow { Reference = $"{PaymentRow.ByHand}{order.Id}", Amount = order.Amount, PaidAt = time.GetUtcNow(), Reason = reason }, order.Credits, null, ct);
        return Done.Value;
    }

    private async Task<FactResult> PayPackageAsync(DbSession session, string provider, PackagePaid fact, CancellationToken ct)
    {
        var order = await OrderStore.LockAsync(session, provider, fact.Keys, ct);
        if (order is null && fact.Unordered is { } sale)
        {
            (order, var lost) = await WriteDownAsync(session, provider, fact, sale, ct);
            if (lost is not null)
            {
                return lost;
            }
        }

        if (order is null)
        {
            return FactResult.Lost($"paid by {fact.Reference}, for which there is no order");
        }

        var why = Contradiction(order, provider, fact.Amount, fact.Currency) ?? (order.IsPlan ? "a package was paid for an order of a plan" : null);
        if (why is not null)
        {
            return FactResult.Refused(why) with { OrderId = order.Id, UserId = order.UserId };
        }

        var known = new FactResult(FactVerdict.Known) { OrderId = order.Id, UserId = order.UserId };
        if (order.IsPaid)
        {
            return await MeetAgainAsync(session, provider, order, fact.Reference, fact.PaymentId, known, ct);
        }

        if (await PaymentStore.LockByReferenceAsync(session, fact.Reference, ct) is { } entered)
        {
            return known with { OrderId = entered.OrderId, UserId = entered.UserId, Why = "this money has paid another order" };
        }

        if (await plans.IsGoneAsync(session, order.UserId, ct))
        {
            return Left(fact.Reference) with { OrderId = order.Id, UserId = order.UserId };
        }

        await PayOrderAsync(
            session, order, new PaymentRow
            {
                Reference = fact.Reference, PaymentId = fact.PaymentId, Amount = fact.Amount - fact.Discount, Discount = fact.Discount, Tax = fact.Tax, PaidAt = fact.At,
            },
            order.Credits, null, ct);
        if (fact.Keys.CustomerId is { } customer)
        {
            await OrderStore.LinkAsync(session, order.Id, customer, null, time.GetUtcNow(), ct);
        }

        return known with { Verdict = FactVerdict.Applied, Woke = await WakeAsync(session, provider, fact.PaymentId, null, order.Id, ct, fact.Reference) };
    }

    /// <summary>An order that is paid already: by this very payment, or by hand before its notice came; anything else is money twice.</summary>
    private async Task<FactResult> MeetAgainAsync(
        DbSession session, string provider, OrderRow order, string reference, string? paymentId, FactResult known, CancellationToken ct)
    {
        var payment = await PaymentStore.OfOrderAsync(session, order.Id, ct) ?? throw new InvalidOperationException($"Order {order.Id} is paid by nothing.");
        if (payment.Reference != reference && !(payment.IsByHand && (payment.PaymentId is null || payment.PaymentId == paymentId)))
        {
            return known with { Verdict = FactVerdict.Refused, Why = $"paid twice: by {payment.Reference} and by {reference}" };
        }

        if (paymentId is null || payment.PaymentId is not null)
        {
            return known;
        }

        await PaymentStore.SetPaymentIdAsync(session, payment.Id, paymentId, ct);
        return known with { Woke = await WakeAsync(session, provider, paymentId, null, null, ct) };
    }

    private async Task PayOrderAsync(DbSession session, OrderRow order, PaymentRow paid, Micro credits, DateTimeOffset? expires, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (!await OrderStore.MarkPaidAsync(session, order.Id, paid.PaidAt, now, ct))
        {
            throw new InvalidOperationException($"Order {order.Id} changed while it was held.");
        }

        var entered = await EnterAsync(
            session,
            paid with
            {
                Id = Guid.CreateVersion7(now), OrderId = order.Id, UserId = order.UserId, Provider = order.Provider, Item = order.Item, Currency = order.Currency,
                Credits = credits,
            },
            order.IsPlan ? "plan" : "pack", order.IsPlan ? PlanPriority : PackagePriority, expires, now, ct);
        if (!entered)
        {
            throw new InvalidOperationException($"{paid.Reference} has paid another order in this moment."); // undone, and told again
        }

        PaymentsLog.OrderPaid(log, order.Id, paid.Amount, order.Currency, order.Provider);
    }

    /// <summary>Writes a payment down with its credits: both or neither, once for its reference.</summary>
    private async Task<bool> EnterAsync(
        DbSession session, PaymentRow payment, string source, int priority, DateTimeOffset? expires, DateTimeOffset now, CancellationToken ct)
    {
        if (!await PaymentStore.InsertAsync(session, payment, now, ct))
        {
            return false;
        }

        if (payment.Credits > Micro.Zero && !await ledger.GrantAsync(
            session, new GrantOrder(payment.UserId, payment.Credits, source, payment.Reference, priority, expires, payment.Reason ?? payment.Item), ct))
        {
            throw new InvalidOperationException($"The ledger knows {payment.Reference}, and payments do not.");
        }

        return true;
    }

    private async Task<FactResult> PayPeriodAsync(DbSession session, string provider, PeriodPaid fact, CancellationToken ct)
    {
        var order = await OrderStore.LockAsync(session, provider, fact.Keys, ct);
        var mirror = fact.Keys.SubscriptionId is { } id ? await SubscriptionStore.LockAsync(session, provider, id, ct) : null;
        if ((order?.UserId ?? mirror?.UserId ?? fact.UserId) is not { } user)
        {
            return fact.Keys.SubscriptionId is { } unknown ? FactResult.Waiting("subscription", unknown) : FactResult.Lost($"{fact.Reference} names nobody");
        }

        var known = new FactResult(FactVerdict.Known) { OrderId = order?.Id, UserId = user };
        if (order is { IsPlan: false } || (order is not null && order.Provider != provider))
        {
            return known with { Verdict = FactVerdict.Refused, Why = "a period was paid for an order of something else" };
        }

        if (await PaymentStore.LockByReferenceAsync(session, fact.Reference, ct) is { } before)
        {
            return fact.PaymentId is { } told && await PaymentStore.SetPaymentIdAsync(session, before.Id, told, ct) == 1
                ? known with { Woke = await WakeAsync(session, provider, told, null, null, ct) }
                : known;
        }

        var listed = fact.ListPrice ?? fact.Amount;
        if (fact.Amount == 0 && (listed <= 0 || fact.Change))
        {
            return known; // the invoice of a trial: access by the subscription's state, credits with the first money
        }

        if (await plans.IsGoneAsync(session, user, ct))
        {
            return Left(fact.Reference) with { OrderId = order?.Id, UserId = user };
        }

        var (sold, mustAsk) = plans.SoldAs(fact, mirror, order);
        if (mustAsk)
        {
            return known with
            {
                Verdict = FactVerdict.Waits, Why = $"what {fact.Reference} pays for has to be asked for",
                WaitsFor = fact.Keys.SubscriptionId is { } paidFor ? FactResult.Key("subscription", paidFor) : null,
            };
        }

        if (sold is not { Price: { } price } plan)
        {
            return known with { Verdict = FactVerdict.Refused, Why = $"{fact.Reference} pays for a plan that is not in the catalog" };
        }

        var first = order is { IsPaid: false } && !fact.Change;
        if (first && Contradiction(order!, provider, listed, fact.Currency) is { } why)
        {
            return known with { Verdict = FactVerdict.Refused, Why = why };
        }

        if (fact.Currency != price.Currency && !first)
        {
            return known with { Verdict = FactVerdict.Refused, Why = $"{fact.Reference} was paid in {fact.Currency}, the plan is sold in {price.Currency}" };
        }

        if (fact.Change && fact.Amount > price.Amount)
        {
            return known with { Verdict = FactVerdict.Refused, Why = $"{fact.Amount} {fact.Currency} came for a part of a period of {plan.Id}, which costs {price.Amount}" };
        }

        return await EnterPeriodAsync(session, provider, fact, first ? order : null, user, plan, price, known, ct);
    }

    private async Task<FactResult> EnterPeriodAsync(
        DbSession session, string provider, PeriodPaid fact, OrderRow? order, Guid user, Plan plan, Money price, FactResult known, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        // A change pays for a part of a period: as many credits as that money buys of the new plan.
        var credits = order?.Credits ?? (fact.Change ? Share(plan.MonthlyCredits, fact.Amount, price.Amount) : plan.MonthlyCredits);
        var expires = fact.PeriodEnd > now ? fact.PeriodEnd : now + (fact.PeriodEnd - fact.PeriodStart); // told late: a whole period all the same
        var payment = new PaymentRow
        {
            Reference = fact.Reference, PaymentId = fact.PaymentId, SubscriptionId = fact.Keys.SubscriptionId, Amount = fact.Amount, Tax = fact.Tax,
            Discount = fact.Change ? 0 : Math.Max(0, (fact.ListPrice ?? fact.Amount) - fact.Amount), PaidAt = fact.At,
            Id = Guid.CreateVersion7(now), UserId = user, Provider = provider, Item = plan.Id, Currency = fact.Currency, Credits = credits,
        };
        if (order is not null)
        {
            await OrderStore.LinkAsync(session, order.Id, fact.Keys.CustomerId, fact.Keys.SubscriptionId, now, ct);
            await PayOrderAsync(session, order, payment, credits, expires, ct);
        }
        else
        {
            await EnterAsync(session, payment, "plan", PlanPriority, expires, now, ct);
        }

        await plans.PeriodPaidAsync(session, provider, fact, user, plan, ct);
        return known with
        {
            Verdict = FactVerdict.Applied, Woke = await WakeAsync(session, provider, fact.PaymentId, fact.Keys.SubscriptionId, order?.Id, ct),
        };
    }

    private async Task<FactResult> MoveAsync(DbSession session, string provider, PurchaseKeys keys, string state, string[] from, CancellationToken ct)
    {
        if (await OrderStore.LockAsync(session, provider, keys, ct) is not { } order)
        {
            return new FactResult(FactVerdict.Known, "no order of ours");
        }

        var moved = order.Provider == provider && await OrderStore.MoveUnpaidAsync(session, order.Id, state, from, time.GetUtcNow(), ct);
        return new FactResult(moved ? FactVerdict.Applied : FactVerdict.Known) { OrderId = order.Id, UserId = order.UserId };
    }

    private async Task<FactResult> LinkAsync(DbSession session, string provider, SubscriptionLinked fact, CancellationToken ct)
    {
        if (await OrderStore.LockAsync(session, provider, fact.Keys, ct) is not { } order || order.Provider != provider || !order.IsPlan)
        {
            return new FactResult(FactVerdict.Known, "no order of ours");
        }

        await OrderStore.LinkAsync(session, order.Id, fact.Keys.CustomerId, fact.Keys.SubscriptionId, time.GetUtcNow(), ct);
        return new FactResult(order.SubscriptionId is null ? FactVerdict.Applied : FactVerdict.Known)
        {
            OrderId = order.Id, UserId = order.UserId, Woke = await WakeAsync(session, provider, null, fact.Keys.SubscriptionId, order.Id, ct),
        };
    }

    private async Task<FactResult> NameAsync(DbSession session, string provider, PaymentNamed fact, CancellationToken ct)
    {
        if (await PaymentStore.LockByReferenceAsync(session, fact.Reference, ct) is not { } payment)
        {
            return new FactResult(FactVerdict.Known, $"{fact.Reference} is not known yet");
        }

        var named = await PaymentStore.SetPaymentIdAsync(session, payment.Id, fact.PaymentId, ct) == 1;
        return new FactResult(named ? FactVerdict.Applied : FactVerdict.Known)
        {
            UserId = payment.UserId, Woke = named && await WakeAsync(session, provider, fact.PaymentId, null, null, ct),
        };
    }

    private async Task<FactResult> FollowAsync(DbSession session, string provider, SubscriptionSeen fact, CancellationToken ct)
    {
        var order = await OrderStore.LockAsync(session, provider, fact.Keys with { SubscriptionId = fact.Id }, ct);
        if (order is not null && (order.Provider != provider || !order.IsPlan))
        {
            return FactResult.Refused("a subscription came for an order of something else") with { OrderId = order.Id, UserId = order.UserId };
        }

        if (order is not null && order.SubscriptionId is null)
        {
            await OrderStore.LinkAsync(session, order.Id, fact.Keys.CustomerId, fact.Id, time.GetUtcNow(), ct);
        }

        var result = await plans.FollowAsync(session, provider, fact, order, ct);
        if (result is { Verdict: FactVerdict.Applied, UserId: { } user } && await plans.IsGoneAsync(session, user, ct))
        {
            await SurplusStore.DecideUnpaidAsync(session, provider, fact.Id, time.GetUtcNow(), ct); // or it would charge somebody who cannot cancel it
        }

        return result with { OrderId = order?.Id, Woke = result.Verdict is FactVerdict.Applied && await WakeAsync(session, provider, null, fact.Id, null, ct) };
    }

    private async Task<FactResult> RefundAsync(DbSession session, string provider, MoneyRefunded fact, CancellationToken ct)
    {
        if (await PaymentStore.LockAsync(session, provider, fact.PaymentId, ct) is not { } payment)
        {
            return FactResult.Waiting("payment", fact.PaymentId);
        }

        var refunded = InUnitsOf(payment, fact.Refunded, fact.Of);
        if (payment.RefundedAsOf is { } asOf && IsOlder(fact.At, asOf, more: refunded > payment.Refunded))
        {
            return new FactResult(FactVerdict.Known) { OrderId = payment.OrderId, UserId = payment.UserId };
        }

        var latest = payment.RefundedAsOf > fact.At ? payment.RefundedAsOf : fact.At;
        return await ClawAsync(session, payment, payment with { Refunded = refunded, RefundedAsOf = latest }, ct);
    }

    private async Task<FactResult> DisputeAsync(DbSession session, string provider, MoneyDisputed fact, CancellationToken ct)
    {
        if (await PaymentStore.LockAsync(session, provider, fact.PaymentId, ct) is not { } payment)
        {
            return FactResult.Waiting("payment", fact.PaymentId);
        }

        if (fact.IsUnnamed && (await DisputeStore.OfPaymentAsync(session, payment.Id, ct)).Known > 0)
        {
            return new FactResult(FactVerdict.Known) { OrderId = payment.OrderId, UserId = payment.UserId };
        }

        await DisputeStore.NameAsync(session, provider, fact, ct);
        var news = await DisputeStore.PutAsync(session, provider, payment.Id, fact, InUnitsOf(payment, fact.Amount, fact.Of ?? payment.Amount), time.GetUtcNow(), ct);
        var sums = await DisputeStore.OfPaymentAsync(session, payment.Id, ct);
        var result = await ClawAsync(session, payment, payment with { Disputed = Math.Min(sums.Taken, payment.Amount) }, ct);
        return news ? result with { Verdict = FactVerdict.Applied } : result;
    }

    /// <summary>
    /// Brings what was taken back to the share of the money that is gone: counted from the whole each time, so that neither repeats nor
    /// roundings add up. What the account does not have becomes a debt; what comes back pays it first.
    /// </summary>
    private async Task<FactResult> ClawAsync(DbSession session, PaymentRow before, PaymentRow after, CancellationToken ct)
    {
        var gone = Math.Min(after.Amount, checked(after.Refunded + after.Disputed));
        after = after with { Clawed = after.Amount == 0 ? before.Clawed : Share(after.Credits, gone, after.Amount) };
        var changed = after != before;
        var moved = after with { RefundedAsOf = before.RefundedAsOf } != before; // or only heard once more
        if (changed)
        {
            after = after with { Moves = before.Moves + 1 };
            var now = time.GetUtcNow();
            await PaymentStore.SaveAsync(session, before, after, now, ct);
            await MoveCreditsAsync(session, before, after, ct);
        }

        await MoveOrderAsync(session, after, ct);
        return new FactResult(moved ? FactVerdict.Applied : FactVerdict.Known) { OrderId = after.OrderId, UserId = after.UserId };
    }

    private async Task MoveCreditsAsync(DbSession session, PaymentRow before, PaymentRow after, CancellationToken ct)
    {
        if (after.Clawed > before.Clawed)
        {
            var amount = after.Clawed - before.Clawed;
            await ledger.WithdrawAsync(session, new WithdrawOrder(after.UserId, amount, $"claw:{after.Id}:{after.Moves}", after.Reference, ToDebt: true, after.Item), ct);
            PaymentsLog.CreditsClawed(log, after.Id, amount.ToString());
        }
        else if (after.Clawed < before.Clawed)
        {
            var amount = before.Clawed - after.Clawed;
            await ledger.GrantAsync(
                session, new GrantOrder(after.UserId, amount, "refund", $"restore:{after.Id}:{after.Moves}", PackagePriority, null, after.Item), ct);
            PaymentsLog.CreditsRestored(log, after.Id, amount.ToString());
        }
    }

    private async Task MoveOrderAsync(DbSession session, PaymentRow payment, CancellationToken ct)
    {
        if (payment.OrderId is not { } order)
        {
            return;
        }

        var disputes = await DisputeStore.OfPaymentAsync(session, payment.Id, ct);
        var state = disputes.Open && disputes.Taken > 0 ? OrderStates.Disputed
            : disputes.Lost ? OrderStates.ChargedBack
            : payment.Refunded >= payment.Amount ? OrderStates.Refunded
            : payment.Refunded > 0 ? OrderStates.PartlyRefunded
            : OrderStates.Paid;
        await OrderStore.MovePaidAsync(session, order, state, time.GetUtcNow(), ct);
    }

    /// <summary>An order for what was sold without one, or why there is none.</summary>
    private async Task<(OrderRow? Order, FactResult? Lost)> WriteDownAsync(DbSession session, string provider, PackagePaid fact, UnorderedSale sale, CancellationToken ct)
    {
        if (await PaymentStore.LockByReferenceAsync(session, fact.Reference, ct) is { OrderId: { } paid })
        {
            return (await OrderStore.LockAsync(session, paid, ct), null);
        }

        var package = catalog.Current.Packages.FirstOrDefault(p => p.CreemProduct == sale.Product || p.StripePrice == sale.Product);
        if (package is null)
        {
            return (null, FactResult.Lost($"{fact.Reference} pays for a product that is not in the catalog"));
        }

        if ((sale.UserId ?? await OwnerOfAsync(session, sale.Email, ct)) is not { } user)
        {
            // Whoever is found for it by another way closes what was kept of it here.
            return (null, FactResult.Lost($"{fact.Reference} names nobody") with { WaitsFor = FactResult.Key("sale", fact.Reference) });
        }

        if (await plans.IsGoneAsync(session, user, ct))
        {
            return (null, Left(fact.Reference) with { UserId = user });
        }

        var now = time.GetUtcNow();
        if (fact.Keys.OrderId is null && await OrderStore.LockOpenAsync(session, user, provider, package.Id, now - OpenFor, ct) is { } open)
        {
            return (open, null); // the order whose page could not be opened
        }

        var order = new OrderRow
        {
            Id = fact.Keys.OrderId ?? Guid.CreateVersion7(now), UserId = user, Kind = "package", Item = package.Id, Amount = package.Price.Amount,
            Currency = package.Price.Currency, Credits = package.Credits, Provider = provider, Way = "simple", CreatedAt = now,
        };
        await OrderStore.InsertAsync(session, order, ct);
        return (await OrderStore.LockAsync(session, order.Id, ct), null);
    }

    /// <summary>Whose address it is, if they have proved it: one that was only typed in may be anybody's.</summary>
    private static async Task<Guid?> OwnerOfAsync(DbSession session, string? email, CancellationToken ct) =>
        email is { Length: > 0 and <= 320 } && email.Contains('@', StringComparison.Ordinal) && await Users.FindByLoginAsync(session, email, ct) is { EmailVerifiedAt: not null, IsActive: true } user ? user.Id : null;

    private Task<bool> WakeAsync(DbSession session, string provider, string? payment, string? subscription, Guid? order, CancellationToken ct, string? sale = null)
    {
        string[] keys =
        [
            .. sale is null ? (string[])[] : [FactResult.Key("sale", sale)],
            .. payment is null ? (string[])[] : [FactResult.Key("payment", payment)],
            .. subscription is null ? (string[])[] : [FactResult.Key("subscription", subscription)],
            .. order is null ? (string[])[] : [FactResult.Key("order", order.Value.ToString())],
        ];
        return keys.Length == 0 ? Task.FromResult(false) : InboxStore.WakeAsync(session, provider, keys, time.GetUtcNow(), ct);
    }

    /// <summary>Money for somebody who has left: credits would be nobody's. A person gives it back at the provider, or to another order of the buyer's.</summary>
    private static FactResult Left(string reference) => FactResult.Lost($"{reference} was paid for an account that is deleted: give it back, or match it with another order of the buyer's");

    /// <summary>S34: what was paid must be what was ordered.</summary>
    private static string? Contradiction(OrderRow order, string provider, long amount, string currency) =>
        order.Provider != provider ? $"an order of {order.Provider} was paid at {provider}"
        : order.Amount != amount || order.Currency != currency ? $"{amount} {currency} came for an order of {order.Amount} {order.Currency}"
        : null;

    /// <summary>The provider's figure in the payment's own units; all of it is all of it.</summary>
    private static long InUnitsOf(PaymentRow payment, long part, long whole) =>
        part >= whole ? payment.Amount : whole == payment.Amount ? part : (long)((Int128)part * payment.Amount / whole);

    /// <summary>Notices tell whole seconds, answers the moment: within one second the larger sum is the later one, as refunds add up.</summary>
    private static bool IsOlder(DateTimeOffset at, DateTimeOffset known, bool more) =>
        at <= known && (!more || at.ToUnixTimeSeconds() < known.ToUnixTimeSeconds());

    /// <summary>Rounded down, in the buyer's favour.</summary>
    private static Micro Share(Micro credits, long part, long whole) => new((long)((Int128)credits.Value * part / whole));
}
