using System.Text.Json;
using AIMake.Gateway.Calls;
using AIMake.Gateway.Till;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Providers;
using AIMake.Providers.Routing;

namespace AIMake.Gateway.Forwarding;

/// <summary>
/// Passes a stream on as it comes. Whatever happens to it (the vendor breaks off, the client leaves, this server stops) what
/// was delivered is charged, once.
/// </summary>
internal sealed class StreamRelay(CallCharge charge, StreamPatience patience, ILogger<StreamRelay> log)
{
    /// <summary>Why a stream ended.</summary>
    private enum End
    {
        Whole,
        ClientLeft,
        Stopping,
        Broken,
    }

    public async Task RelayAsync(GatewayCall call, Ticket ticket, ProviderLease lease, UpstreamAnswer begun)
    {
        await charge.BeginAsync(call.Http);
        using var events = begun.Stream(call);
        var answer = call.Http.Response;
        answer.ContentType = "text/event-stream; charset=utf-8";
        answer.Headers.CacheControl = "no-cache";
        answer.Headers["X-Accel-Buffering"] = "no";
        call.Http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResponseBodyFeature>()?.DisableBuffering();

        using var attention = patience.Begin(lease.Route.Provider, call.Http.RequestAborted);
        ticket.Begin(charge.TallyOf(call, ticket, lease));
        begun.Follow(attention.Reading);
        var (end, last, fault) = await PassAsync(call, ticket, lease, events, attention);
        if (fault is not null)
        {
            lease.Failed(fault);
            GatewayLog.StreamBroken(log, lease.Route.Provider, ticket.Operation, fault.Kind, fault.Stage, fault.Detail);
        }

        var charged = await charge.ChargeAsync(call, ticket, lease, events.Usage, events.Delivered, cut: end is not End.Whole);
        if (end is not End.ClientLeft)
        {
            await StreamClosing.WriteAsync(call.Http, charged, FaultOf(end, call), last);
        }
    }

    /// <summary>Passes events on until the stream ends. The closing one is kept back until the call is paid for.</summary>
    private async Task<(End End, ReadOnlyMemory<byte> Last, ProviderFault? Fault)> PassAsync(
        GatewayCall call, Ticket ticket, ProviderLease lease, AnswerStream events, StreamPatience.Attention attention)
    {
        var left = call.Http.RequestAborted;
        try
        {
            while (await events.NextAsync(attention.Reading) is { } happened)
            {
                if (happened.IsDone)
                {
                    return (left.IsCancellationRequested ? End.ClientLeft : End.Whole, "data: [DONE]\n\n"u8.ToArray(), null);
                }

                if (!happened.Text.IsEmpty)
                {
                    await WriteAsync(call.Http, happened.Text, attention);
                }

                ticket.Deliver(events.Delivered);
            }

            return left.IsCancellationRequested ? (End.ClientLeft, default, null)
                : events.Finished ? (End.Whole, default, null)
                : (End.Broken, default, new(ProviderStage.Stream, ProviderParty.Provider, ProviderFaultKind.Interrupted, Retryable: true, Detail: "the stream ended before its time"));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && attention.Writing.IsCancellationRequested)
        {
            return (left.IsCancellationRequested ? End.ClientLeft : End.Stopping, default, null);
        }
        catch (Exception e) when (left.IsCancellationRequested && e is ProviderException or JsonException or UpstreamEventException)
        {
            return (End.ClientLeft, default, (e as ProviderException)?.Fault);
        }
        catch (ProviderException e)
        {
            return (End.Broken, default, e.Fault);
        }
        catch (Exception e) when (e is JsonException or UpstreamEventException)
        {
            return (End.Broken, default, new(ProviderStage.Stream, ProviderParty.Provider, ProviderFaultKind.Interrupted, Retryable: true, Detail: e is JsonException ? "an event that is not JSON" : "an error event"));
        }
    }

    /// <summary>Who has left is written nothing; what remains is read for the count.</summary>
    private static async Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> text, StreamPatience.Attention attention)
    {
        try
        {
            attention.Writing.ThrowIfCancellationRequested();
            await context.Response.Body.WriteAsync(text, attention.Writing);
            await context.Response.Body.FlushAsync(attention.Writing);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested && !attention.Reading.IsCancellationRequested)
        {
            // read on
        }
    }

    private static Fault? FaultOf(End end, GatewayCall call) => end switch
    {
        End.Broken => new Fault(FaultCodes.UpstreamInterrupted, call.Model.Provider),
        End.Stopping => new Fault(FaultCodes.Draining),
        _ => null,
    };
}
