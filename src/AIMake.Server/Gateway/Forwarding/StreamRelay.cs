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
internal sealed class StreamRelay(CallCharge charge, GatewayOptions options, Drain drain, TimeProvider time, ILogger<StreamRelay> log)
{
    private int _draining;

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

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(call.Http.RequestAborted, drain.StreamsMustEnd);
        var (end, last, fault) = await PassAsync(call, ticket, lease, events, stop.Token);
        if (end is End.ClientLeft)
        {
            await DrainAsync(lease, events);
        }

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
        GatewayCall call, Ticket ticket, ProviderLease lease, AnswerStream events, CancellationToken stop)
    {
        var output = call.Http.Response.Body;
        try
        {
            while (await events.NextAsync(stop) is { } happened)
            {
                if (happened.IsDone)
                {
                    return (End.Whole, "data: [DONE]\n\n"u8.ToArray(), null);
                }

                if (!happened.Text.IsEmpty)
                {
                    await output.WriteAsync(happened.Text, stop);
                    await output.FlushAsync(stop);
                }

                ticket.Deliver(lease.OwnKey ? default : call.Metering.Worth(events.Delivered));
            }

            return events.Finished
                ? (End.Whole, default, null)
                : (End.Broken, default, new(ProviderStage.Stream, ProviderParty.Provider, ProviderFaultKind.Interrupted, Retryable: true, Detail: "the stream ended before its time"));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && stop.IsCancellationRequested)
        {
            return (drain.StreamsMustEnd.IsCancellationRequested && !call.Http.RequestAborted.IsCancellationRequested ? End.Stopping : End.ClientLeft, default, null);
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

    /// <summary>Reads on after the client has left, where the vendor bills the whole answer anyway and tells what it was.</summary>
    private async Task DrainAsync(ProviderLease lease, AnswerStream events)
    {
        if (!options.DrainProviders.Contains(lease.Route.Provider))
        {
            return;
        }

        using var patience = new CancellationTokenSource(options.DrainFor, time);
        try
        {
            if (Interlocked.Increment(ref _draining) > options.MaxDrains)
            {
                return;
            }

            while (await events.NextAsync(patience.Token) is not null)
            {
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ProviderException or JsonException or UpstreamEventException)
        {
            // what was counted until here is charged
        }
        finally
        {
            Interlocked.Decrement(ref _draining);
        }
    }

    private static Fault? FaultOf(End end, GatewayCall call) => end switch
    {
        End.Broken => new Fault(FaultCodes.UpstreamInterrupted, call.Model.Provider),
        End.Stopping => new Fault(FaultCodes.Draining),
        _ => null,
    };
}
