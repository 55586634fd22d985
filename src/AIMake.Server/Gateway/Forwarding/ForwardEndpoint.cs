using AIMake.Accounts;
using AIMake.Catalog;
using AIMake.Gateway.Bodies;
using AIMake.Gateway.Calls;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Gateway.Forwarding;

/// <summary>The door of a forwarded route: reads the body, looks the model up, hands the call on.</summary>
internal static class ForwardEndpoint
{
    public static async Task HandleAsync(HttpContext context, CurrentCaller caller, ForwardedApi api, LiveCatalog catalog, GatewayOptions options, Forwarder forwarder)
    {
        if (!(await RequestBody.ReadJsonAsync(context)).TryGet(out var bytes, out var fault)
            || !GatewayBody.Read(bytes, api.Rules).TryGet(out var body, out fault)
            || !catalog.Current.Find(api.Kind, body.Model, catalog.Today, CallHeaders.WantsOwnKey(context)).TryGet(out var model, out fault)
            || !Meter(model, api, body, options).TryGet(out var metering, out fault))
        {
            await FaultWriter.WriteAsync(context, fault);
            return;
        }

        if (Refusal(model, api, body, CallHeaders.WantsOwnKey(context)) is { } refusal)
        {
            await FaultWriter.WriteAsync(context, refusal);
            return;
        }

        await forwarder.ForwardAsync(new GatewayCall(context, caller, api, body, model, metering));
    }

    private static Fault? Refusal(Model model, ForwardedApi api, GatewayBody body, bool ownKey) => body switch
    {
        { Beyond: { } member } when !ownKey => Fault.Invalid(member, new Said(
            "calls paid with credits cannot use what is kept at the provider or has no price here; send all of the input, or use a provider key of your own",
            "以点数支付的调用不能使用保存在服务商处或没有定价的内容；请直接发送全部内容，或使用自己的服务商密钥")),
        { Stream: true } when !api.Writes => Fault.Invalid("stream", new Said("this is not streamed", "此接口不支持流式输出")),
        _ => TooLong(model, api, body),
    };

    /// <summary>
    /// A prompt no model would read costs nothing. Words alone are counted, which we know best, and a tenth more is let through: our
    /// count may be a little high. OpenAI cuts a response's input by itself when asked to.
    /// </summary>
    private static Fault? TooLong(Model model, ForwardedApi api, GatewayBody body)
    {
        var tokens = api.Rules.PromptIsSeparate ? body.LongestTextTokens : body.TextTokens;
        return model.Limits?.ContextTokens is { } context && tokens > context + (context / 10L) && body.Texts.GetValueOrDefault("truncation") is not "auto"
            ? new Fault(FaultCodes.ContextLengthExceeded, tokens, context, model.Id) { Field = body.PromptMember }
            : null;
    }

    private static Outcome<Metering> Meter(Model model, ForwardedApi api, GatewayBody body, GatewayOptions options)
    {
        if (TokenPrices.Of(model) is not { } prices)
        {
            return new Fault(FaultCodes.ModelUnpriced, model.Id) { Field = "model" };
        }

        var most = model.Limits?.OutputTokens ?? options.AssumedOutputTokens;
        try
        {
            var output = api.Writes ? (long)(body.MaxOutputTokens ?? most) * body.Count : 0;
            var picture = model.Limits?.PictureTokens ?? PictureTokens.Unknown;
            var input = body.TextTokens + body.FileTokens + ((long)body.Pictures * picture.Large);
            return new Metering(prices, input, output, MostPictures: (long)body.Pictures * (picture.Most - picture.Large));
        }
        catch (OverflowException)
        {
            return Fault.Invalid("max_tokens", new Said("it is more than can be paid for", "超出可支付的数量"));
        }
    }
}
