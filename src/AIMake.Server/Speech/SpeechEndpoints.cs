using AIMake.Accounts;
using AIMake.Accounts.ApiKeys;
using AIMake.Generations;
using AIMake.Library;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using Microsoft.AspNetCore.Mvc;

namespace AIMake.Speech;

/// <summary>Text in, price or audio out.</summary>
internal static class SpeechEndpoints
{
    public static void MapTts(this IEndpointRouteBuilder app)
    {
        var tts = app.MapGroup("/api/tts").RequireCaller().RequireScope(ApiKeyScope.Speech).WithTags("Speech").WithMetadata(new RequestSizeLimitAttribute(SpeechOptions.MaxBodyBytes));
        tts.MapPost("/quote", Quote).WithName("QuoteSpeech").WithSummary("Price of a text before it is spoken");
        tts.MapPost("/generate", Generate).WithRateClass(RateClass.Paid).WithName("GenerateSpeech").WithSummary("Speak a text")
            .Produces<Envelope<SpeechAnswer>>(StatusCodes.Status202Accepted);
        tts.MapPost("/stream", SpeechStream.Open).WithRateClass(RateClass.Paid).WithName("StreamSpeech").WithSummary("Speak a text and hear it while it is spoken")
            .Produces(StatusCodes.Status200OK, contentType: "audio/mpeg");
    }

    private static async Task<ApiResult<Quote>> Quote(SpeechQuoteRequest body, CurrentCaller caller, SpeechQuotes quotes, CancellationToken ct) =>
        ApiResult.From(await quotes.QuoteAsync(caller.UserId, body, ct));

    private static async Task<ApiResult<SpeechAnswer>> Generate(
        SpeechRequest body, CurrentCaller caller, IdempotencyKey key, SpeechService speech, AssetLinks links, HttpContext context, CancellationToken ct) =>
        Answer(await speech.GenerateAsync(caller, body, key.Claim, WaitingOf(context), ct), links, context);

    /// <summary><c>Prefer: respond-async</c> asks not to be kept waiting.</summary>
    public static Waiting WaitingOf(HttpContext context)
    {
        var async = context.Request.Headers["Prefer"].SelectMany(v => (v ?? "").Split(',')).Any(v => v.Trim().Equals("respond-async", StringComparison.OrdinalIgnoreCase));
        return new Waiting(!async, RequestLanguage.Of(context));
    }

    public static ApiResult<SpeechAnswer> Answer(Outcome<SpeechResult> outcome, AssetLinks links, HttpContext context)
    {
        if (!outcome.TryGet(out var result, out var fault))
        {
            return ApiResult.From<SpeechAnswer>(fault);
        }

        if (result.Audio is not { } audio)
        {
            context.Response.Headers.Location = $"/api/generations/{result.GenerationId}";
            return ApiResult.Accepted<SpeechAnswer>(new SpeechAnswer(result.GenerationId));
        }

        CreditsHeader.Set(context, audio.Credits);
        return new SpeechAnswer(
            result.GenerationId, audio.Id, links.Url(audio.UserId, audio.Id, context.Request), AssetLinks.Seconds(audio),
            AudioDetails.Of(audio).Format, audio.Bytes, audio.Credits);
    }
}
