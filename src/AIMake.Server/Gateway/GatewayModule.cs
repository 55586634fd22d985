using AIMake.Accounts;
using AIMake.Accounts.ApiKeys;
using AIMake.Catalog;
using AIMake.Credits;
using AIMake.Gateway.Audio;
using AIMake.Gateway.Bodies;
using AIMake.Gateway.Calls;
using AIMake.Gateway.Errors;
using AIMake.Gateway.Forwarding;
using AIMake.Gateway.Idempotency;
using AIMake.Gateway.Images;
using AIMake.Gateway.Models;
using AIMake.Gateway.Till;
using AIMake.Gateway.Videos;
using AIMake.Platform.Http;
using AIMake.Platform.Scheduling;
using AIMake.Platform.Settings;
using Microsoft.AspNetCore.Mvc;

namespace AIMake.Gateway;

/// <summary>The OpenAI-shaped API under <c>/v1</c>.</summary>
internal static class GatewayModule
{
    public static void AddGateway(this IHostApplicationBuilder builder)
    {
        builder.AddSettings<GatewayOptions>(GatewayOptions.Section);
        var services = builder.Services;
        services.AddFaultShape("/v1", OpenAiError.WriteAsync);
        services.AddSingleton<Advances>();
        services.AddSingleton<IAdvances>(s => s.GetRequiredService<Advances>());
        services.AddSingleton<GatewayTill>();
        services.AddHostedService(s => s.GetRequiredService<GatewayTill>());
        services.AddSingleton<KeyedCalls>();
        services.AddHostedService(s => s.GetRequiredService<KeyedCalls>());
        services.AddSingleton<IRecurringJob, AnswerPurge>();
        services.AddSingleton<IUserDataOwner, GatewayUserData>();
        services.AddSingleton<Accounts.Export.IUserDataExport, AnswersExport>();
        services.AddSingleton<BodyRoom>();
        services.AddSingleton<CallCharge>();
        services.AddSingleton<UpstreamCalls>();
        services.AddSingleton<StreamPatience>();
        services.AddSingleton<StreamRelay>();
        services.AddSingleton<Forwarder>();
        services.AddSingleton<ImagesApi>();
        services.AddSingleton<SpeechApi>();
        services.AddSingleton<TranscriptionsApi>();
    }

    public static void MapGateway(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<GatewayOptions>();
        var models = app.MapGroup("/v1/models").RequireCaller().RequireScope(ApiKeyScope.Models | ApiKeyScope.Making).WithTags("OpenAI-compatible");
        models.MapGet("", ModelsV1.List).WithName("ListModelsV1").WithSummary("Models on offer, with prices");
        models.MapGet("/{id}", ModelsV1.Find).WithName("GetModelV1").WithSummary("One model").Produces<ModelItem>();

        app.MapGet("/v1/audio/voices", VoicesV1.List).RequireCaller().RequireScope(ApiKeyScope.Models | ApiKeyScope.Speech).WithTags("OpenAI-compatible").WithName("ListVoicesV1").WithSummary("Voices, each with the model it belongs to");

        app.MapVideosV1(options.MaxBodyBytes);

        var paid = app.MapGroup("/v1").RequireCaller().WithRateClass(RateClass.Paid).WithTags("OpenAI-compatible").WithMetadata(new RequestSizeLimitAttribute(options.MaxBodyBytes), TakesIdempotencyKey.Instance).ChecksKeyHeader();
        paid.MapForwarded("/chat/completions", new ChatApi()).RequireScope(ApiKeyScope.Chat).WithName("CreateChatCompletion").WithSummary("A model's next turn, whole or streamed");
        paid.MapForwarded("/responses", new ResponsesApi()).RequireScope(ApiKeyScope.Chat).WithName("CreateResponse").WithSummary("OpenAI's responses, passed through");
        paid.MapForwarded("/embeddings", new EmbeddingsApi()).RequireScope(ApiKeyScope.Embeddings).WithName("CreateEmbedding").WithSummary("Texts as vectors");
        paid.MapPost("/images/generations", (HttpContext context, CurrentCaller caller, ImagesApi images) => images.GenerateAsync(context, caller))
            .RequireScope(ApiKeyScope.Images).WithName("CreateImage").WithSummary("Pictures from words");
        paid.MapPost("/images/edits", (HttpContext context, CurrentCaller caller, ImagesApi images) => images.EditAsync(context, caller))
            .RequireScope(ApiKeyScope.Images).WithName("EditImage").WithSummary("Pictures from pictures and words");
        paid.MapPost("/audio/speech", (HttpContext context, CurrentCaller caller, SpeechApi speech) => speech.HandleAsync(context, caller))
            .RequireScope(ApiKeyScope.Speech).WithName("CreateSpeech").WithSummary("Speak a text in OpenAI's shape");
        paid.MapPost("/audio/transcriptions", (HttpContext context, CurrentCaller caller, TranscriptionsApi transcriptions) => transcriptions.HandleAsync(context, caller))
            .WithMetadata(new RequestSizeLimitAttribute(options.MaxRecordingBytes)).RequireScope(ApiKeyScope.Transcription).WithName("CreateTranscription").WithSummary("Write a recording down");
    }

    private static RouteHandlerBuilder MapForwarded(this IEndpointRouteBuilder group, string pattern, ForwardedApi api) => group.MapPost(
        pattern,
        (HttpContext context, CurrentCaller caller, LiveCatalog catalog, GatewayOptions options, Forwarder forwarder) =>
            ForwardEndpoint.HandleAsync(context, caller, api, catalog, options, forwarder));
}
