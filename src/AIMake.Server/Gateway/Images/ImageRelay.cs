using AIMake.Credits;
using AIMake.Gateway.Calls;
using AIMake.Gateway.Till;
using AIMake.Platform.Faults;
using AIMake.Platform.Outbound;
using AIMake.Providers;
using AIMake.Providers.OpenAi;
using AIMake.Providers.Routing;
using Microsoft.AspNetCore.Http.Features;

namespace AIMake.Gateway.Images;

/// <summary>
/// Passes pictures on as they are painted. The last one wanted is kept back until it is paid for. Who leaves after seeing half a
/// picture pays for all of it, as we do; a provider that breaks off is paid for what it completed.
/// </summary>
internal static class ImageRelay
{
    private const int LongestEvent = 64 << 20;

    /// <summary>How far a stream came.</summary>
    private sealed class Progress
    {
        public int Completed { get; set; }

        /// <summary>Whether the client has a part of a picture that is not complete.</summary>
        public bool Begun { get; set; }

        public ImageJson.Came Last { get; set; } = new(0, null, null, ProviderUsage.None);

        /// <summary>What completes the order; not yet sent.</summary>
        public ReadOnlyMemory<byte> Closing { get; set; }
    }

    /// <param name="charge">Charges the pictures that came; told whether the order was cut short.</param>
    public static async Task RelayAsync(
        HttpContext context, ImageOrder order, Ticket ticket, ProviderLease lease, OutboundResponse response, UpstreamCalls calls, Func<ImageJson.Came, bool, Task<Micro>> charge)
    {
        using var events = new SseReader(response.Body, LongestEvent);
        var progress = new Progress();
        var (left, broken) = (false, (ProviderException?)null);
        try
        {
            await PassAsync(context, order.Count, events, progress);
        }
        catch (ProviderException e)
        {
            broken = UpstreamCalls.Blame(lease, e);
            if (!context.Response.HasStarted)
            {
                throw;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            left = true;
        }

        var pictures = progress.Completed + (left && progress.Begun ? 1 : 0);
        var charged = Micro.Zero;
        if (pictures > 0)
        {
            charged = await charge(progress.Last with { Count = pictures }, progress.Completed < order.Count);
        }
        else
        {
            await calls.VoidAsync(ticket);
        }

        if (!left)
        {
            Begin(context);
            await StreamClosing.WriteAsync(context, charged, broken is null ? null : new Fault(FaultCodes.UpstreamInterrupted, lease.Route.Provider), progress.Closing);
        }
    }

    private static async Task PassAsync(HttpContext context, int wanted, SseReader events, Progress progress)
    {
        while (await events.ReadAsync(context.RequestAborted) is { } happened)
        {
            if (happened.IsError)
            {
                break;
            }

            if (ImageJson.IsCompleted(happened.Data.Span))
            {
                (progress.Completed, progress.Begun) = (progress.Completed + 1, false);
                ImageJson.TryRead(happened.Data.Span, out var came);
                progress.Last = came;
                if (progress.Completed == wanted)
                {
                    progress.Closing = happened.Raw;
                    return;
                }
            }
            else
            {
                progress.Begun = true;
            }

            Begin(context);
            await context.Response.Body.WriteAsync(happened.Raw, context.RequestAborted);
        }

        throw new ProviderException(new(ProviderStage.Stream, ProviderParty.Provider, ProviderFaultKind.Interrupted, Retryable: true, Detail: "the stream ended before its time"));
    }

    private static void Begin(HttpContext context)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = "text/event-stream; charset=utf-8";
            context.Response.Headers.CacheControl = "no-cache";
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        }
    }
}
