using AIMake.Accounts;
using AIMake.Catalog;
using AIMake.Credits;
using AIMake.Gateway.Idempotency;
using AIMake.Gateway.Till;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Platform.Outbound;
using AIMake.Providers;
using AIMake.Providers.Routing;

namespace AIMake.Gateway.Calls;

/// <summary>
/// The frame around every paid call that is answered at once: sets the ceiling aside, finds a route, lets the caller's delegate
/// answer and charge, and frees the ceiling when it could not.
/// </summary>
internal sealed class UpstreamCalls(IProviderRouter router, OutboundHttp http, GatewayTill till, KeyedCalls keyed, TimeProvider time)
{
    /// <summary>Answers that are not streamed are held in memory until they are paid for.</summary>
    private static readonly OutboundLimits Limits = new() { MaxBytes = 64_000_000 };

    /// <param name="ceiling">The most the call may cost.</param>
    /// <param name="attempt">One try on one route; see <see cref="IProviderRouter"/>.</param>
    /// <param name="answer">Answers the client and charges the ticket; a <see cref="ProviderException"/> from it means that nothing was charged.</param>
    /// <param name="lasting">The answer is delivered bit by bit, see <see cref="GatewayTill.OpenAsync"/>.</param>
    public Task RunAsync<T>(
        HttpContext context, CurrentCaller caller, Model model, Micro ceiling, Func<ProviderLease, Refusal, CancellationToken, Task<T>> attempt,
        Func<Ticket, ProviderLease, T, Task> answer, bool lasting = true) =>
        !caller.MayUse(model.Id) ? FaultWriter.WriteAsync(context, CurrentCaller.ModelNotAllowed(model.Id))
        : context.Features.Get<KeyedCall>() is { } key ? RunKeyedAsync(key, context, caller, model, ceiling, attempt, answer, lasting)
        : RunOnceAsync(context, caller, model, ceiling, attempt, answer, lasting);

    private Task RunKeyedAsync<T>(
        KeyedCall key, HttpContext context, CurrentCaller caller, Model model, Micro ceiling, Func<ProviderLease, Refusal, CancellationToken, Task<T>> attempt,
        Func<Ticket, ProviderLease, T, Task> answer, bool lasting) =>
        keyed.RunAsync(context, caller, key, () => RunOnceAsync(context, caller, model, ceiling, attempt, answer, lasting));

    private async Task RunOnceAsync<T>(
        HttpContext context, CurrentCaller caller, Model model, Micro ceiling, Func<ProviderLease, Refusal, CancellationToken, Task<T>> attempt,
        Func<Ticket, ProviderLease, T, Task> answer, bool lasting)
    {
        var own = CallHeaders.WantsOwnKey(context);
        if (!(await till.OpenAsync(caller, own ? Micro.Zero : ceiling, lasting)).TryGet(out var ticket, out var fault))
        {
            await FaultWriter.WriteAsync(context, fault);
            return;
        }

        Failpoint.Hit("gateway.opened");
        var refusal = new Refusal();
        try
        {
            var query = new RouteQuery(ModelRoutes.Of(model), ModelRoutes.ChoiceOf(model), own ? caller.UserId : null);
            var (begun, lease) = await router.RunAsync(query, (l, ct) => attempt(l, refusal, ct), context.RequestAborted);
            using (lease)
            using (begun as IDisposable)
            {
                context.Response.Headers[CallHeaders.Provider] = lease.Route.Provider;
                await answer(ticket, lease, begun);
            }
        }
        catch (ProviderException e)
        {
            await till.VoidAsync(ticket);
            await refusal.WriteAsync(context, e.Fault, model.Provider, own);
        }
        catch
        {
            await till.VoidAsync(ticket); // an end that stands already is left alone
            throw;
        }
    }

    /// <summary>Sends a request of OpenAI's shape along a lease.</summary>
    /// <param name="path">Behind <c>/v1/</c>.</param>
    /// <param name="accepts">Whether an answer of this media type is what was asked for.</param>
    public async Task<OutboundResponse> SendAsync(
        ProviderLease lease, string path, HttpContent content, Func<string, bool> accepts, Refusal refusal, CancellationToken ct)
    {
        var passage = lease.Vendor.Passage(lease.Endpoint)
            ?? throw new ProviderException(new(ProviderStage.Connect, ProviderParty.Us, ProviderFaultKind.Rejected, Retryable: false, Detail: "does not speak OpenAI's API"));
        using var request = passage.Request(HttpMethod.Post, path, lease.Route.Model);
        request.Content = content;
        OutboundResponse response;
        try
        {
            response = await http.SendAsync(request, Limits, ct);
        }
        catch (OutboundException e)
        {
            throw ProviderFaults.From(e, begun: false);
        }

        if (response.Success && accepts(response.MediaType))
        {
            lease.Begun();
            return response;
        }

        using (response)
        {
            throw response.Success ? ProviderFaults.Invalid("not the answer asked for, by its content type") : await refusal.TakeAsync(response, time, ct);
        }
    }

    /// <summary>Frees what was set aside, for answers that turned out to be none.</summary>
    public Task VoidAsync(Ticket ticket) => till.VoidAsync(ticket);

    /// <summary>The whole body. A failure is the provider's, and told to the lease.</summary>
    public static async Task<byte[]> ReadAsync(ProviderLease lease, OutboundResponse response, CancellationToken ct)
    {
        try
        {
            if (response.ContentHeaders.ContentLength is { } length && response.ContentHeaders.ContentEncoding.Count == 0)
            {
                var whole = new byte[length];
                await response.Body.ReadExactlyAsync(whole, ct);
                return whole;
            }

            using var buffer = new MemoryStream();
            await response.Body.CopyToAsync(buffer, ct);
            return buffer.ToArray();
        }
        catch (OutboundException e)
        {
            throw Blame(lease, ProviderFaults.From(e, begun: true));
        }
        catch (EndOfStreamException)
        {
            throw Blame(lease, ProviderFaults.Invalid("an answer shorter than announced"));
        }
    }

    /// <summary>Tells a lease how its call failed after it had begun.</summary>
    public static ProviderException Blame(ProviderLease lease, ProviderException failure)
    {
        lease.Failed(failure.Fault);
        return failure;
    }
}

/// <summary>Headers of our own on calls under <c>/v1</c>.</summary>
internal static class CallHeaders
{
    /// <summary>On answers: who did the work.</summary>
    public const string Provider = "X-AIMake-Provider";

    /// <summary>On requests: <c>own</c> asks for the caller's own provider key, which costs no credits.</summary>
    public const string Key = "X-AIMake-Key";

    private const string Own = "own";

    public static bool WantsOwnKey(HttpContext context) => context.Request.Headers[Key] is [{ } value] && value.Equals(Own, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Refuses a paid call whose <see cref="Key"/> says anything else: who sends it means not to spend credits, and a slip of the pen must
    /// not spend them.
    /// </summary>
    public static RouteHandlerBuilder ChecksKeyHeader(this RouteHandlerBuilder route) => route.AddEndpointFilter(CheckAsync);

    /// <summary>The same for every route of a group.</summary>
    public static RouteGroupBuilder ChecksKeyHeader(this RouteGroupBuilder group) => group.AddEndpointFilter(CheckAsync);

    private static async ValueTask<object?> CheckAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        if (context.Request.Headers[Key].Count == 0 || WantsOwnKey(context))
        {
            return await next(invocation);
        }

        await FaultWriter.WriteAsync(context, Fault.Invalid(Key, new Said(
            $"the only value of this header is '{Own}', for a provider key of your own; leave it out to pay with credits",
            $"该请求头只接受“{Own}”，表示使用您自己的服务商密钥；如用点数支付，请去掉该请求头")));
        return Results.Empty;
    }
}
