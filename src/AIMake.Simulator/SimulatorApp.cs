using System.Net;
using AIMake.Simulator.Clerk;
using AIMake.Simulator.Creem;
using AIMake.Simulator.Deliveries;
using AIMake.Simulator.Described;
using AIMake.Simulator.ElevenLabs;
using AIMake.Simulator.GitHub;
using AIMake.Simulator.Kie;
using AIMake.Simulator.Oidc;
using AIMake.Simulator.OpenAi;
using AIMake.Simulator.People;
using AIMake.Simulator.Runway;
using AIMake.Simulator.Smtp;
using AIMake.Simulator.Sound;
using AIMake.Simulator.Stripe;
using AIMake.Simulator.Synthesia;
using AIMake.Simulator.Tasks;
using AIMake.Simulator.Tencent;
using AIMake.Simulator.Video;
using Microsoft.AspNetCore.Connections;

namespace AIMake.Simulator;

/// <summary>
/// Stands in for the outside services: their wire formats on loopback, a book of every call, and switches to misbehave. Runs as
/// a process of its own or inside a test.
/// </summary>
internal static class SimulatorApp
{
    /// <summary>How many ports are tried, one after the other.</summary>
    private const int Ports = 50;

    /// <summary>Starts a simulator on its port, or on the next free one where that is allowed; the caller disposes it.</summary>
    /// <exception cref="IOException">The port is taken, and so are those after it.</exception>
    public static async Task<WebApplication> StartAsync(SimulatorSettings settings)
    {
        for (var port = settings.Port; ; port++)
        {
            if (settings.OrNext && port == settings.Spare) continue;
            var app = Build(settings with { Port = port });
            try
            {
                await app.StartAsync();
                return app;
            }
            catch (IOException e) when (settings.OrNext && e.InnerException is AddressInUseException && port < settings.Port + Ports)
            {
                await app.DisposeAsync();
            }
        }
    }

    /// <summary>Composes a simulator; the caller starts and disposes it.</summary>
    public static WebApplication Build(SimulatorSettings settings, TimeProvider? time = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(SimulatorApp).Assembly.GetName().Name });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, settings.Port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = OpenAiErrors.LargestBody;
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton<CallBook>();
        builder.Services.AddSingleton<FaultSwitches>();
        builder.Services.AddSingleton<SoundMaker>();
        builder.Services.AddSingleton<SpokenMemory>();
        builder.Services.AddSingleton<StoredResponses>();
        builder.Services.AddSingleton<ClipMaker>();
        builder.Services.AddSingleton<TaskShelf>();
        builder.Services.AddSingleton<TencentTasks>();
        builder.Services.AddSingleton<SynthesiaStudio>();
        builder.Services.AddSingleton<PaymentBook>();
        builder.Services.AddSingleton<DeliveryEngine>();
        builder.Services.AddSingleton<IEventSigner, StripeSigner>();
        builder.Services.AddSingleton<StripeWorld>();
        builder.Services.AddSingleton<StripeIdempotency>();
        builder.Services.AddSingleton<StripeMoney>();
        builder.Services.AddSingleton<StripeSubscriptions>();
        builder.Services.AddSingleton<StripeCheckout>();
        builder.Services.AddSingleton<StripePortal>();
        builder.Services.AddSingleton<SmtpReceiver>();
        builder.Services.AddHostedService(s => s.GetRequiredService<SmtpReceiver>());
        builder.Services.AddSingleton<IEventSigner, CreemSigner>();
        builder.Services.AddSingleton<CreemWorld>();
        builder.Services.AddSingleton<CreemMoney>();
        builder.Services.AddSingleton<CreemSubscriptions>();
        builder.Services.AddSingleton<CreemCheckout>();
        builder.Services.AddSingleton<Consents>();
        builder.Services.AddSingleton<ClerkShelf>();
        builder.Services.AddSingleton<TokenKeys>();

        var app = builder.Build();
        app.MapControls();
        app.MapOpenAi();
        app.MapMadeFiles();
        app.MapDescribed();
        app.MapElevenLabs();
        app.MapTencent();
        app.MapSynthesia();
        app.MapRunway();
        app.MapKie();
        app.MapDeliveries();
        app.MapStripe();
        app.MapStripePages();
        app.MapStripeControls();
        app.MapCreem();
        app.MapCreemPages();
        app.MapCreemControls();
        AimWebhooks(app.Services.GetRequiredService<DeliveryEngine>(), settings);
        app.MapMails();
        app.MapGitHub();
        app.MapOidc();
        app.MapClerk();
        return app;
    }

    private static void AimWebhooks(DeliveryEngine engine, SimulatorSettings settings)
    {
        foreach (var (provider, secret) in SimulatedSettings.WebhookSecrets)
        {
            engine.Aim(new DeliveryTarget(provider, settings.Webhooks is { } receiver ? $"{receiver}/api/webhooks/{provider}" : null, secret));
        }
    }
}
