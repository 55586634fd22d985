using System.Runtime.CompilerServices;
using System.Text.Json;
using AIMake.Gateway.Calls;
using AIMake.Platform.Outbound;
using AIMake.Providers;
using AIMake.Providers.OpenAi;
using AIMake.Providers.Routing;

namespace AIMake.Gateway.Forwarding;

/// <summary>An answer that has begun, in OpenAI's shape, whether an upstream wrote it so or it is written here.</summary>
internal abstract class UpstreamAnswer : IDisposable
{
    /// <summary>All of it.</summary>
    /// <exception cref="ProviderException">It broke, or is none; the lease has been told.</exception>
    public abstract Task<WholeAnswer> ReadAsync(GatewayCall call, ProviderLease lease, CancellationToken ct);

    /// <summary>Piece by piece. What it reads belongs to this answer and goes with it.</summary>
    public abstract AnswerStream Stream(GatewayCall call);

    /// <summary>From now on this token ends the answer, even in the middle of waiting for more, and the client's leaving alone does not, where that can be.</summary>
    public virtual void Follow(CancellationToken token)
    {
    }

    public abstract void Dispose();
}

/// <param name="Json">As the client gets it.</param>
/// <param name="Delivered">Our own count of what was written; counted only where the report is of no use.</param>
internal readonly record struct WholeAnswer(byte[] Json, ReportedUsage? Reported, long Delivered);

/// <summary>An answer as a stream of events, with what has been learnt about it on the way.</summary>
internal abstract class AnswerStream : IDisposable
{
    /// <summary>Our count of tokens written so far.</summary>
    public abstract long Delivered { get; }

    /// <summary>The vendor's report; null until it came.</summary>
    public abstract ReportedUsage? Usage { get; }

    /// <summary>Whether the answer has reached an end of its own.</summary>
    public abstract bool Finished { get; }

    /// <summary>The next event; null when the upstream has no more.</summary>
    /// <exception cref="ProviderException">It broke.</exception>
    /// <exception cref="JsonException">It is not what it should be.</exception>
    /// <exception cref="UpstreamEventException">It reports a failure.</exception>
    public abstract ValueTask<AnswerEvent?> NextAsync(CancellationToken ct);

    public virtual void Dispose()
    {
    }
}

/// <param name="Text">What the client gets, good until the next one is asked for; may be empty.</param>
/// <param name="IsDone">The closing word, which waits until the answer is paid for.</param>
internal readonly record struct AnswerEvent(ReadOnlyMemory<byte> Text, bool IsDone);

/// <summary>What a server that speaks OpenAI answered: bytes that pass as they are.</summary>
internal sealed class ForwardedAnswer(OutboundResponse response) : UpstreamAnswer
{
    public override async Task<WholeAnswer> ReadAsync(GatewayCall call, ProviderLease lease, CancellationToken ct)
    {
        var answer = await UpstreamCalls.ReadAsync(lease, response, ct);
        try
        {
            var reported = call.Api.ReadUsage(answer);
            var counts = call.Api.Writes && (reported is not { } said || call.Metering.IsAbsurd(said, 0));
            return new WholeAnswer(answer, reported, counts ? UsageJson.CountWords(answer) : 0);
        }
        catch (JsonException)
        {
            throw UpstreamCalls.Blame(lease, ProviderFaults.Invalid("an answer that is not JSON"));
        }
    }

    public override AnswerStream Stream(GatewayCall call) =>
        new Events(new SseReader(response.Body), call.Api.ReadStream(hideUsage: call.Api.MustAskUsage && !call.Body.WantsUsage));

    public override void Follow(CancellationToken token) => response.Follow(token);

    public override void Dispose() => response.Dispose();

    private sealed class Events(SseReader events, StreamReading reading) : AnswerStream
    {
        public override long Delivered => reading.Delivered;

        public override ReportedUsage? Usage => reading.Usage;

        public override bool Finished => reading.Finished;

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        public override async ValueTask<AnswerEvent?> NextAsync(CancellationToken ct) =>
            await events.ReadAsync(ct) is { } happened ? new AnswerEvent(reading.Read(happened), happened.IsDone) : null;

        public override void Dispose() => events.Dispose();
    }
}
