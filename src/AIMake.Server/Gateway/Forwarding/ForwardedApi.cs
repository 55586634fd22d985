using AIMake.Gateway.Bodies;
using AIMake.Platform.Faults;
using AIMake.Providers;
using AIMake.Providers.OpenAi;
using AIMake.Providers.Routing;

namespace AIMake.Gateway.Forwarding;

/// <summary>
/// One of OpenAI's JSON routes: where the usage of forwarded bytes stands and how their streams are read, and how vendors of another
/// tongue are asked.
/// </summary>
internal abstract class ForwardedApi
{
    /// <summary>Behind <c>/v1/</c>.</summary>
    public abstract string Path { get; }

    /// <summary>Of the catalog.</summary>
    public abstract string Kind { get; }

    public abstract BodyRules Rules { get; }

    /// <summary>Whether its streams tell usage only when asked to.</summary>
    public virtual bool MustAskUsage => false;

    /// <summary>Whether answers are written by a model, so that room for them must be set aside.</summary>
    public virtual bool Writes => true;

    /// <summary>Usage inside a whole answer; null when it has none.</summary>
    /// <exception cref="System.Text.Json.JsonException">The answer is not JSON.</exception>
    public abstract ReportedUsage? ReadUsage(ReadOnlySpan<byte> answer);

    /// <summary>A fresh reader for one stream.</summary>
    /// <param name="hideUsage">The client did not ask for usage, we did.</param>
    public abstract StreamReading ReadStream(bool hideUsage);

    /// <summary>Asks a vendor that does not speak OpenAI, through a seam. Unless overridden there is none for this route.</summary>
    /// <exception cref="FaultException">The request asks for what cannot be carried.</exception>
    /// <exception cref="ProviderException">The vendor failed before its answer began.</exception>
    public virtual Task<UpstreamAnswer> TranslateAsync(GatewayCall call, ProviderLease lease, TimeProvider time, CancellationToken ct) =>
        throw new FaultException(new Fault(FaultCodes.UnsupportedRoute, call.Model.Id, "/v1/chat/completions") { Field = "model" });

    /// <summary>The vendor has no seam for this kind of work: somebody put the model into the wrong list.</summary>
    protected static ProviderException NoSeam() =>
        new(new(ProviderStage.Connect, ProviderParty.Us, ProviderFaultKind.Rejected, Retryable: false, Detail: "the provider does not do this kind of work"));
}

/// <summary>Usage as the vendor put it. Not yet believed: see <see cref="Metering"/>.</summary>
/// <param name="CostMicroUsd">What the vendor charges us, where it says so.</param>
internal readonly record struct ReportedUsage(long Input, long Cached, long Output, long? CostMicroUsd = null);

/// <summary>Follows one stream: counts what is delivered, finds usage, knows the end.</summary>
internal abstract class StreamReading
{
    /// <summary>Our count of tokens written so far.</summary>
    public long Delivered { get; protected set; }

    /// <summary>The vendor's report; null until it came. A later one replaces an earlier one.</summary>
    public ReportedUsage? Usage { get; protected set; }

    /// <summary>Whether the answer has reached an end of its own.</summary>
    public bool Finished { get; protected set; }

    /// <summary>Reads one event.</summary>
    /// <returns>What the client is to get: the event's own bytes, others, or nothing.</returns>
    /// <exception cref="System.Text.Json.JsonException">The event is not what it should be.</exception>
    /// <exception cref="UpstreamEventException">The event reports a failure.</exception>
    public abstract ReadOnlyMemory<byte> Read(in SseEvent happened);
}

/// <summary>The vendor reported a failure inside its stream.</summary>
internal sealed class UpstreamEventException() : Exception("the stream carried an error event");
