using System.Text.Json;
using System.Text.Json.Serialization;
using AIMake.Accounts;
using AIMake.Catalog;
using AIMake.Credits;
using AIMake.Gateway.Bodies;
using AIMake.Gateway.Calls;
using AIMake.Gateway.Idempotency;
using AIMake.Gateway.Till;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Platform.Media;
using AIMake.Platform.Outbound;
using AIMake.Providers;
using AIMake.Providers.Audio;
using AIMake.Providers.Routing;
using AIMake.Speech;
using AIMake.Speech.Text;
using Microsoft.AspNetCore.Http.Features;

namespace AIMake.Gateway.Audio;

/// <summary>
/// <c>POST /v1/audio/speech</c>. A voice of a provider that speaks OpenAI is forwarded byte for byte; every other voice is spoken by the
/// Speech product, as a stream with a receipt, and is kept in the library like what is made in the studio.
/// </summary>
internal sealed class SpeechApi(UpstreamCalls calls, CallCharge charge, LiveCatalog catalog, IProviderRouter router, AudioEncoders encoders)
{
    private const string Kind = "speech";

    /// <summary>What the Speech product's own voices do; forwarded ones take OpenAI's 0.25 to 4.</summary>
    private const double Slowest = 0.5, Fastest = 2;

    private static readonly string[] Formats = ["mp3", "opus", "aac", "flac", "wav", "pcm"];

    public async Task HandleAsync(HttpContext context, CurrentCaller caller)
    {
        if (!(await RequestBody.ReadJsonAsync(context)).TryGet(out var bytes, out var fault)
            || !GatewayBody.Read(bytes, BodyRules.Speech).TryGet(out var body, out fault)
            || !Order(context, body, bytes).TryGet(out var order, out fault))
        {
            await FaultWriter.WriteAsync(context, fault);
            return;
        }

        if (router.SpeaksOpenAi(order.Model.Provider))
        {
            await ForwardAsync(context, caller, body, order);
        }
        else
        {
            await SpeakAsync(context, caller, order);
        }
    }

    private Outcome<SpeechOrderV1> Order(HttpContext context, GatewayBody body, ReadOnlyMemory<byte> bytes)
    {
        if (!catalog.Current.Find(Kind, body.Model, catalog.Today, CallHeaders.WantsOwnKey(context)).TryGet(out var model, out var fault))
        {
            return fault;
        }

        var asked = JsonSerializer.Deserialize<Asked>(bytes.Span)!;
        var format = body.Texts.GetValueOrDefault("response_format", "mp3");
        if (!Formats.Contains(format))
        {
            return new Fault(FaultCodes.FormatUnknown, format.Length <= 20 ? format : format[..20], string.Join(", ", Formats)) { Field = "response_format" };
        }

        if (body.Texts.GetValueOrDefault("stream_format", "audio") is not ("audio" or "sse"))
        {
            return Fault.Invalid("stream_format", Said.OneOf("audio", "sse"));
        }

        var text = body.Texts.GetValueOrDefault("input", "");
        var length = text.EnumerateRunes().Count();
        var most = model.Limits?.Characters ?? 4_096;
        return string.IsNullOrWhiteSpace(text) ? new Fault(FaultCodes.TextEmpty) { Field = "input" }
            : length > most ? new Fault(FaultCodes.TextTooLong, length, most) { Field = "input" }
            : asked.Speed is not (null or (>= 0.25 and <= 4)) ? new Fault(FaultCodes.FieldOutOfRange, "speed", 0.25, 4) { Field = "speed" }
            : model.Price is not { } price ? new Fault(FaultCodes.ModelUnpriced, model.Id) { Field = "model" }
            : new SpeechOrderV1(model, price, text, length, body.Texts.GetValueOrDefault("voice", ""), format, body.Texts.GetValueOrDefault("stream_format") == "sse", asked.Speed ?? 1);
    }

    private Task ForwardAsync(HttpContext context, CurrentCaller caller, GatewayBody body, SpeechOrderV1 order) => calls.RunAsync(
        context, caller, order.Model, order.Price.Of(order.Length),
        (lease, refusal, ct) => calls.SendAsync(
            lease, "audio/speech", body.ToContent(lease.Route.Model, askUsage: false),
            type => order.Events ? type == "text/event-stream" : type.StartsWith("audio/", StringComparison.Ordinal) || type == "application/octet-stream", refusal, ct),
        (ticket, lease, response) => RelayAsync(context, order, ticket, lease, response));

    /// <summary>
    /// Passes sound on as it comes. Its price is known beforehand; who leaves in the middle pays it, because the provider is paid for
    /// the whole text; a provider that breaks off is not.
    /// </summary>
    private async Task RelayAsync(HttpContext context, SpeechOrderV1 order, Ticket ticket, ProviderLease lease, OutboundResponse response)
    {
        await charge.BeginAsync(context);
        var price = lease.OwnKey ? Micro.Zero : order.Price.Of(order.Length);
        using var kept = charge.Spool(context);
        var used = new ProviderUsage { Characters = order.Length };
        var cost = PriceList.Cost(ModelRoutes.CostsOf(order.Model, lease.Route), "character", order.Length);
        var bill = new Bill(Kind, order.Model, used, price, cost);
        ticket.Begin(charge.TallyOf(ticket, lease, bill));
        await using var output = new SoundOut(context.Response.Body, kept, () => ticket.Deliver(1));
        var encoded = IsWav(response.MediaType) && order.Format is not "wav" && AudioFormats.TryParse(order.Format, out var format) ? format : (AudioFormat?)null;
        CreditsHeader.Set(context, price);
        context.Response.ContentType = encoded?.MimeType() ?? response.ContentHeaders.ContentType?.ToString();
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var cut = false;
        try
        {
            await (encoded is { } wanted ? EncodeAsync(response.Body, wanted, output, context.RequestAborted) : response.Body.CopyToAsync(output, context.RequestAborted));
        }
        catch (Exception e) when (e is OutboundException or ProviderException)
        {
            var failure = e as ProviderException ?? ProviderFaults.From((OutboundException)e, begun: true);
            lease.Failed(failure.Fault);
            if (!context.Response.HasStarted)
            {
                context.Response.Headers.Remove(CreditsHeader.Name);
                throw failure;
            }

            await calls.VoidAsync(ticket);
            context.Abort(); // nobody must take a part for the whole
            return;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            cut = true;
        }

        WholeBody? answer = !cut && kept?.Whole is { } whole ? new WholeBody(context.Response.ContentType ?? "application/octet-stream", whole) : null;
        await charge.ChargeAsync(context, ticket, lease, bill with { Cut = cut }, answer);
    }

    /// <summary>Many servers of OpenAI's kind make WAV whatever they are asked for.</summary>
    private async Task EncodeAsync(Stream wav, AudioFormat format, Stream output, CancellationToken ct)
    {
        IAudioEncoder? encoder = null;
        try
        {
            await foreach (var chunk in PcmBody.ReadAsync(wav, PcmEncoder.SampleRate, rawAllowed: false, ct))
            {
                if (chunk.SampleRate is < AudioEncoders.LowestRate or > AudioEncoders.HighestRate)
                {
                    throw ProviderFaults.Invalid($"sound of {chunk.SampleRate} Hz");
                }

                encoder ??= await encoders.OpenAsync(format, chunk.SampleRate, output, ct);
                await encoder.WriteAsync(chunk.Pcm, ct);
            }

            await encoder!.CompleteAsync(ct); // no sound at all is an exception of the reader's
        }
        finally
        {
            await (encoder?.DisposeAsync() ?? default);
        }
    }

    private static bool IsWav(string mediaType) => mediaType is "audio/wav" or "audio/x-wav" or "audio/wave" or "audio/vnd.wave";

    private async Task SpeakAsync(HttpContext context, CurrentCaller caller, SpeechOrderV1 order)
    {
        if (catalog.Current.VoiceOf(order.Model.Id, order.Voice) is not { } voice)
        {
            await FaultWriter.WriteAsync(context, new Fault(FaultCodes.VoiceUnknown, order.Voice.Length <= 64 ? order.Voice : order.Voice[..64], "/v1/audio/voices") { Field = "voice" });
            return;
        }

        if (order.Speed is < Slowest or > Fastest)
        {
            await FaultWriter.WriteAsync(context, new Fault(FaultCodes.FieldOutOfRange, "speed", Slowest, Fastest) { Field = "speed" });
            return;
        }

        if (SpeechText.Validate(order.Text, SpeechOptions.Longest).Fault is { } unspeakable)
        {
            await FaultWriter.WriteAsync(context, unspeakable with { Field = "input" });
            return;
        }

        context.Response.Headers[CallHeaders.Provider] = voice.Provider;
        var request = new SpeechRequest { Text = order.Text, VoiceId = voice.Id, Speed = order.Speed, Format = order.Format, OwnKey = CallHeaders.WantsOwnKey(context) };
        await using var events = order.Events ? SpeechEvents.Wrap(context, order.Length) : null;
        await SpeechStream.SendAsync(context, caller, request, context.Features.Get<KeyedCall>()?.Claim, context.RequestAborted);
    }

    /// <summary>The members that are not strings.</summary>
    private sealed record Asked([property: JsonPropertyName("speed")] double? Speed = null);
}

/// <summary>A text to be spoken, checked and priced.</summary>
/// <param name="Length">In Unicode scalar values.</param>
/// <param name="Events">Sound in server-sent events instead of bare.</param>
internal sealed record SpeechOrderV1(Model Model, UnitPrice Price, string Text, int Length, string Voice, string Format, bool Events, double Speed);
