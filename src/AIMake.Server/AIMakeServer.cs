using AIMake.Accounts;
using AIMake.Catalog;
using AIMake.Credits;
using AIMake.Gateway;
using AIMake.Generations;
using AIMake.Library;
using AIMake.Operations;
using AIMake.Operations.Pools;
using AIMake.Payments;
using AIMake.Platform;
using AIMake.Platform.Mail;
using AIMake.Platform.Media;
using AIMake.Platform.Settings;
using AIMake.Providers;
using AIMake.Providers.Espeak;
using AIMake.Providers.Pools;
using AIMake.Speech;
using AIMake.Usage;
using AIMake.Video;

namespace AIMake;

/// <summary>Composes the server: one line per module, in the order of the arrows.</summary>
internal static class AIMakeServer
{
    /// <param name="args">Command line: <c>--port</c>, <c>--data</c>, <c>--role</c>, and any setting as <c>--Section:Key value</c>.</param>
    /// <param name="adjust">Last word on the services, for tests and tools.</param>
    /// <exception cref="SettingsException">Every fault in the settings at once.</exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? adjust = null)
    {
        var builder = Configuration.CreateBuilder(args);
        var server = builder.AddPlatform();
        builder.AddProviders();
        builder.AddPools();
        builder.AddAccounts();
        builder.AddCredits();
        builder.AddUsage();
        builder.AddCatalog();
        builder.AddMedia();
        builder.AddEspeak();
        builder.AddGenerations();
        builder.AddLibrary();
        builder.AddSpeech();
        builder.AddVideo();
        builder.AddPayments();
        builder.AddGateway();
        builder.AddOperations();
        adjust?.Invoke(builder);
        builder.SettingsRegistry().ThrowIfFaulty();

        var app = builder.Build();
        app.UsePlatform();
        app.UseCallers();
        app.MapOperations();
        if (server.AnswersRequests)
        {
            app.MapProducts();
        }

        return app;
    }

    /// <summary>The routes a worker does not answer.</summary>
    private static void MapProducts(this WebApplication app)
    {
        app.MapAccounts();
        app.MapMail();
        app.MapCredits();
        app.MapUsage();
        app.MapGroup("/api/models").Public().MapModels(SpeechOptions.Longest);
        app.MapSpeech();
        app.MapVideo();
        app.MapLibrary();
        app.MapGenerations();
        app.MapPayments();
        app.MapPools();
        app.MapAdmin();
        app.MapGateway();
    }
}
