using System.Globalization;
using System.Text.Json;
using AIMake.Accounts;
using AIMake.Catalog;
using AIMake.Credits;
using AIMake.Gateway.Bodies;
using AIMake.Gateway.Calls;
using AIMake.Gateway.Idempotency;
using AIMake.Gateway.Till;
using AIMake.Gateway.Translation;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Platform.Media;
using AIMake.Platform.Outbound;
using AIMake.Platform.Storage;
using AIMake.Providers;
using AIMake.Providers.Routing;

namespace AIMake.Gateway.Audio;

/// <summary>
/// <c>POST /v1/audio/transcriptions</c>: forwarded where the provider speaks OpenAI, otherwise through the seam. Charged by the length
/// of the recording as we measure it, so the price is known before.
/// </summary>
internal sealed class TranscriptionsApi(UpstreamCalls calls, CallCharge charge, LiveCatalog catalog, MediaProbe probe, IFileStore files)
{
    private const string Kind = "transcription";
    private static readonly string[] Formats = ["json", "text", "srt", "vtt", "verbose_json", "diarized_json"];

    public async Task HandleAsync(HttpContext context, CurrentCaller caller)
    {
        if (!(await UploadForm.ReadAsync(context, context.RequestAborted)).TryGet(out var form, out var fault))
        {
            await FaultWriter.WriteAsync(context, fault);
            return;
        }

        using (form)
        {
            if (!(await OrderAsync(context, form)).TryGet(out var order, out fault))
            {
                await FaultWriter.WriteAsync(context, fault);
                return;
            }

            await calls.RunAsync<object>(
                context, caller, order.Model, order.Price.Of(order.Units),
                async (lease, refusal, ct) => lease.Vendor.Passage(lease.Endpoint) is null && lease.Vendor.Transcription(lease.Endpoint) is { } seam
                    ? await HearAsync(seam, order, lease, ct)
                    : await calls.SendAsync(lease, "audio/transcriptions", form.ToContent(lease.Route.Model), type => type == order.MediaType, refusal, ct),
                (ticket, lease, answer) => answer switch
                {
                    OutboundResponse response => ForwardAsync(context, order, ticket, lease, response),
                    TranscriptionAnswer heard => SendAsync(context, order, ticket, lease, TranscriptText.Write(heard, order)),
                    _ => throw new InvalidOperationException(),
                });
        }
    }

    private static Task<TranscriptionAnswer> HearAsync(ITranscriptionProvider seam, TranscriptionOrder order, ProviderLease lease, CancellationToken ct) =>
        TranscriptText.Refuse(order) is { } fault ? throw new FaultException(fault) : seam.TranscribeAsync(order.For(lease), ct);

    private async Task<Outcome<TranscriptionOrder>> OrderAsync(HttpContext context, UploadForm form)
    {
        var fields = form.Fields.GroupBy(f => f.Name, f => f.Value).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        if (form.Files.FirstOrDefault(f => f.Name is "file") is not { Length: > 0 } recording)
        {
            return new Fault(FaultCodes.FieldRequired, "file") { Field = "file" };
        }

        var format = fields.GetValueOrDefault("response_format", "json");
        if (!Formats.Contains(format))
        {
            return new Fault(FaultCodes.FormatUnknown, format.Length <= 20 ? format : format[..20], string.Join(", ", Formats)) { Field = "response_format" };
        }

        if (fields.GetValueOrDefault("model") is not { Length: > 0 } name)
        {
            return new Fault(FaultCodes.FieldRequired, "model") { Field = "model" };
        }

        if (!catalog.Current.Find(Kind, name, catalog.Today, CallHeaders.WantsOwnKey(context)).TryGet(out var model, out var fault))
        {
            return fault;
        }

        if (PriceList.Find(model, "second") is not { } price)
        {
            return new Fault(FaultCodes.ModelUnpriced, model.Id) { Field = "model" };
        }

        return await LengthAsync(recording, context.RequestAborted) is { } seconds
            ? new TranscriptionOrder(model, price, recording, seconds, format, fields.GetValueOrDefault("stream") == "true", fields)
            {
                Granularities = form.Fields.Where(f => f.Name is "timestamp_granularities" or "timestamp_granularities[]").Select(f => f.Value).ToHashSet(StringComparer.Ordinal),
            }
            : Fault.Invalid("file", new Said("it is no recording that can be read", "不是可以读取的录音文件"));
    }

    private async Task<decimal?> LengthAsync(UploadedFile recording, CancellationToken ct)
    {
        var path = files.NewTempPath();
        try
        {
            await using (var spool = File.Create(path))
            await using (var sent = recording.Open())
            {
                await sent.CopyToAsync(spool, ct);
            }

            return await probe.SecondsAsync(path, ct);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private async Task ForwardAsync(HttpContext context, TranscriptionOrder order, Ticket ticket, ProviderLease lease, OutboundResponse response)
    {
        var answer = await UpstreamCalls.ReadAsync(lease, response, context.RequestAborted);
        if (order.MediaType == "application/json" && !IsJson(answer))
        {
            throw UpstreamCalls.Blame(lease, ProviderFaults.Invalid("an answer that is not JSON"));
        }

        await SendAsync(context, order, ticket, lease, answer);
    }

    private async Task SendAsync(HttpContext context, TranscriptionOrder order, Ticket ticket, ProviderLease lease, byte[] answer)
    {
        var cost = PriceList.Cost(ModelRoutes.CostsOf(order.Model, lease.Route), "second", order.Seconds);
        var used = new ProviderUsage { Seconds = order.Seconds, Source = UsageSource.Counted };
        var type = order.MediaType + (order.MediaType is "application/json" ? "" : "; charset=utf-8");
        var charged = await charge.ChargeAsync(context, ticket, lease, new Bill(Kind, order.Model, used, order.Price.Of(order.Units), cost), new WholeBody(type, answer));
        await PaidAnswer.SendAsync(context, charged, type, answer);
    }

    private static bool IsJson(byte[] answer)
    {
        try
        {
            var reader = new Utf8JsonReader(answer);
            while (reader.Read())
            {
            }

            return answer.Length > 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

/// <summary>A recording to be written down, checked and priced.</summary>
/// <param name="Seconds">Its length as we measured it.</param>
internal sealed record TranscriptionOrder(
    Model Model, UnitPrice Price, UploadedFile Recording, decimal Seconds, string Format, bool Stream, IReadOnlyDictionary<string, string> Fields)
{
    /// <summary><c>word</c>, <c>segment</c>, both or none.</summary>
    public IReadOnlySet<string> Granularities { get; init; } = new HashSet<string>();

    /// <summary>Whole seconds, begun ones counted.</summary>
    public long Units => Math.Max(1, (long)Math.Ceiling(Seconds));

    /// <summary>What the answer is called.</summary>
    public string MediaType => Stream ? "text/event-stream" : Format is "text" or "srt" or "vtt" ? "text/plain" : "application/json";

    public TranscriptionRequest For(ProviderLease lease) => new(
        lease.Route.Model, Recording.ToInput(), Seconds, Fields.GetValueOrDefault("language"), Fields.GetValueOrDefault("prompt"),
        double.TryParse(Fields.GetValueOrDefault("temperature"), CultureInfo.InvariantCulture, out var warmth) ? warmth : null,
        Granularities.Contains("word"));
}
