using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using AIMake.Accounts;
using AIMake.Catalog;
using AIMake.Credits;
using AIMake.Gateway.Bodies;
using AIMake.Gateway.Calls;
using AIMake.Gateway.Idempotency;
using AIMake.Gateway.Till;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Platform.Outbound;
using AIMake.Providers;
using AIMake.Providers.Routing;

namespace AIMake.Gateway.Images;

/// <summary>
/// <c>POST /v1/images/generations</c> and <c>/edits</c>: forwarded where the provider speaks OpenAI, otherwise made through the
/// seam and answered as <c>b64_json</c>. Charged per picture that came.
/// </summary>
internal sealed partial class ImagesApi(UpstreamCalls calls, CallCharge charge, LiveCatalog catalog, TimeProvider time)
{
    private const string Kind = "image";

    /// <summary>Of a side: twice what the largest model of today draws.</summary>
    private const int MostPixels = 16_384;

    public async Task GenerateAsync(HttpContext context, CurrentCaller caller)
    {
        if (!(await RequestBody.ReadJsonAsync(context)).TryGet(out var bytes, out var fault)
            || !GatewayBody.Read(bytes, BodyRules.Images).TryGet(out var body, out fault)
            || !Order(context, body.Model, body.Texts, body.Count).TryGet(out var order, out fault))
        {
            await FaultWriter.WriteAsync(context, fault);
            return;
        }

        await RunAsync(context, caller, order, lease => body.ToContent(lease.Route.Model, askUsage: false), body.Stream, "images/generations");
    }

    public async Task EditAsync(HttpContext context, CurrentCaller caller)
    {
        if (!(await UploadForm.ReadAsync(context, context.RequestAborted)).TryGet(out var form, out var fault))
        {
            await FaultWriter.WriteAsync(context, fault);
            return;
        }

        using (form)
        {
            var texts = form.Fields.ToDictionary(f => f.Name, f => f.Value, StringComparer.Ordinal);
            var count = texts.GetValueOrDefault("n") is { } n ? int.TryParse(n, out var wanted) && wanted is >= 1 and <= 10 ? wanted : 0 : 1;
            if (count == 0)
            {
                fault = new Fault(FaultCodes.FieldOutOfRange, "n", 1, 10) { Field = "n" };
            }
            else if (!form.Files.Any(f => f.Name is "image" or "image[]"))
            {
                fault = new Fault(FaultCodes.FieldRequired, "image") { Field = "image" };
            }

            if (fault is not null || !Order(context, texts.GetValueOrDefault("model", ""), texts, count).TryGet(out var order, out fault))
            {
                await FaultWriter.WriteAsync(context, fault);
                return;
            }

            order = order with { Sources = [.. form.Files.Where(f => f.Name is "image" or "image[]")], Mask = form.Files.FirstOrDefault(f => f.Name is "mask") };
            await RunAsync(context, caller, order, lease => form.ToContent(lease.Route.Model), texts.GetValueOrDefault("stream") == "true", "images/edits");
        }
    }

    private Outcome<ImageOrder> Order(HttpContext context, string modelId, IReadOnlyDictionary<string, string> texts, int count)
    {
        if (!texts.TryGetValue("prompt", out var prompt) || string.IsNullOrWhiteSpace(prompt))
        {
            return new Fault(FaultCodes.FieldRequired, "prompt") { Field = "prompt" };
        }

        if (modelId.Length == 0)
        {
            return new Fault(FaultCodes.FieldRequired, "model") { Field = "model" };
        }

        if (!catalog.Current.Find(Kind, modelId, catalog.Today, CallHeaders.WantsOwnKey(context)).TryGet(out var model, out var fault))
        {
            return fault;
        }

        var (size, quality) = (Chosen(texts, "size"), Chosen(texts, "quality"));
        foreach (var (name, value, offered) in new[] { ("size", size, model.Limits?.Sizes), ("quality", quality, model.Limits?.Qualities) })
        {
            if (value is not null && offered is { Count: > 0 } && !offered.Contains(value))
            {
                return Fault.Invalid(name, Said.OneOf(offered));
            }
        }

        if (size is not null && !IsPossible(size))
        {
            return Fault.Invalid("size", new Said($"each side has 1 to {MostPixels} pixels", $"每边须为 1 到 {MostPixels} 像素"));
        }

        if (model.Limits?.Characters is { } most && prompt.Length > most)
        {
            return new Fault(FaultCodes.TextTooLong, prompt.Length, most) { Field = "prompt" };
        }

        return PriceList.Dearest(model, Kind, size, quality) is { } dearest
            ? new ImageOrder(model, prompt, count, size, quality, Chosen(texts, "output_format"), Chosen(texts, "background"), dearest.Of(count))
            {
                Links = texts.GetValueOrDefault("response_format") is "url",
            }
            : new Fault(FaultCodes.ModelUnpriced, $"{model.Id} {size} {quality}".TrimEnd()) { Field = size is null ? "model" : "size" };
    }

    /// <summary>A provider may have names of its own for sizes; one that is given in pixels must have some.</summary>
    private static bool IsPossible(string size) =>
        size.Length <= 32 && (!Pixels().IsMatch(size) || size.Split('x').All(side => int.TryParse(side, NumberStyles.None, CultureInfo.InvariantCulture, out var pixels) && pixels is >= 1 and <= MostPixels));

    [GeneratedRegex(@"^[+-]?[0-9.]+x[+-]?[0-9.]+\z")]
    private static partial Regex Pixels();

    private static string? Chosen(IReadOnlyDictionary<string, string> texts, string name) =>
        texts.TryGetValue(name, out var value) && value is not ("auto" or "") ? value : null;

    private Task RunAsync(HttpContext context, CurrentCaller caller, ImageOrder order, Func<ProviderLease, HttpContent> content, bool stream, string path)
    {
        var wanted = stream ? "text/event-stream" : "application/json";
        return calls.RunAsync<object>(
            context, caller, order.Model, order.Ceiling,
            async (lease, refusal, ct) => lease.Vendor.Passage(lease.Endpoint) is null && lease.Vendor.Images(lease.Endpoint) is { } images
                ? await PaintAsync(images, order, lease, stream, ct)
                : await calls.SendAsync(lease, path, content(lease), type => type == wanted, refusal, ct),
            (ticket, lease, answer) => answer switch
            {
                ImageAnswer made => AnswerAsync(context, order, ticket, lease, made),
                OutboundResponse response when stream => StreamAsync(context, order, ticket, lease, response),
                OutboundResponse response => ForwardAsync(context, order, ticket, lease, response),
                _ => throw new InvalidOperationException(),
            });
    }

    /// <summary>Pictures of a seam come whole, and as bytes.</summary>
    private static Task<ImageAnswer> PaintAsync(IImageProvider images, ImageOrder order, ProviderLease lease, bool stream, CancellationToken ct) =>
        (stream ? "stream" : order.Links ? "response_format" : null) is { } lost
            ? throw new FaultException(new Fault(FaultCodes.UnsupportedParameter, lost, order.Model.Id) { Field = lost })
            : images.GenerateAsync(order.For(lease), ct);

    private async Task ForwardAsync(HttpContext context, ImageOrder order, Ticket ticket, ProviderLease lease, OutboundResponse response)
    {
        var answer = await UpstreamCalls.ReadAsync(lease, response, context.RequestAborted);
        if (!ImageJson.TryRead(answer, out var came))
        {
            throw UpstreamCalls.Blame(lease, ProviderFaults.Invalid("an answer without pictures"));
        }

        await PaidAnswer.SendAsync(context, await ChargeAsync(context, order, ticket, lease, came, answer), "application/json", answer);
    }

    private async Task AnswerAsync(HttpContext context, ImageOrder order, Ticket ticket, ProviderLease lease, ImageAnswer made)
    {
        var answer = JsonSerializer.SerializeToUtf8Bytes(new
        {
            created = time.GetUtcNow().ToUnixTimeSeconds(),
            data = made.Images.Select(i => new { b64_json = Convert.ToBase64String(i.Bytes.Span), revised_prompt = made.RevisedPrompt }),
        });
        var charged = await ChargeAsync(context, order, ticket, lease, new ImageJson.Came(made.Images.Count, order.Size, order.Quality, made.Usage), answer);
        await PaidAnswer.SendAsync(context, charged, "application/json", answer);
    }

    private async Task StreamAsync(HttpContext context, ImageOrder order, Ticket ticket, ProviderLease lease, OutboundResponse response)
    {
        await charge.BeginAsync(context);
        await ImageRelay.RelayAsync(context, order, ticket, lease, response, calls, (came, cut) => ChargeAsync(context, order, ticket, lease, came, answer: null, cut));
    }

    private Task<Micro> ChargeAsync(
        HttpContext context, ImageOrder order, Ticket ticket, ProviderLease lease, ImageJson.Came came, byte[]? answer, bool cut = false)
    {
        var price = PriceList.Find(order.Model, Kind, came.Size ?? order.Size, came.Quality ?? order.Quality) ?? PriceList.Dearest(order.Model, Kind, order.Size, order.Quality)!;
        var count = Math.Min(came.Count, order.Count);
        var cost = PriceList.Cost(ModelRoutes.CostsOf(order.Model, lease.Route), Kind, count, came.Size ?? order.Size, came.Quality ?? order.Quality);
        return charge.ChargeAsync(
            context, ticket, lease, new Bill(Kind, order.Model, came.Usage with { Count = count }, price.Of(count), cost, cut),
            answer is null ? null : new WholeBody("application/json", answer));
    }
}

/// <summary>Pictures to be made, checked and priced.</summary>
/// <param name="Ceiling">The price of the size and quality asked for, or of the dearest where the request leaves them open.</param>
internal sealed record ImageOrder(
    Model Model, string Prompt, int Count, string? Size, string? Quality, string? Format, string? Background, Micro Ceiling)
{
    /// <summary>The client wants addresses instead of bytes.</summary>
    public bool Links { get; init; }

    public IReadOnlyList<UploadedFile> Sources { get; init; } = [];

    public UploadedFile? Mask { get; init; }

    public ImageRequest For(ProviderLease lease) => new(
        lease.Route.Model, Prompt, Count, Size, Quality, Format, Background, [.. Sources.Select(s => s.ToInput())], Mask?.ToInput());
}
