using AIMake.Accounts;
using AIMake.Catalog;
using AIMake.Generations;
using AIMake.Library;
using AIMake.Platform.Scheduling;
using AIMake.Platform.Settings;
using AIMake.Platform.Storage;
using AIMake.Providers;
using AIMake.Speech.Audios;
using AIMake.Speech.Takes;
using AIMake.Speech.Voices;

namespace AIMake.Speech;

/// <summary>Text to sound: voices, quotes, generating, streaming, editing, captions.</summary>
internal static class SpeechModule
{
    public static void AddSpeech(this IHostApplicationBuilder builder)
    {
        builder.AddSettings<SpeechOptions>(SpeechOptions.Section);
        var services = builder.Services;
        services.AddSingleton(s => new OfferedProviders(s.GetServices<ISpeechProvider>().Select(local => local.Name).ToHashSet(StringComparer.Ordinal)));
        services.AddSingleton<IVoiceSource, EspeakVoiceSource>();
        services.AddSingleton<VoicePreviews>();
        services.AddSingleton<SpeechPlanner>();
        services.AddSingleton<SegmentSpeaker>();
        services.AddSingleton<TakeRecorder>();
        services.AddSingleton<SpeechHandler>();
        services.AddSingleton<IGenerationHandler>(s => s.GetRequiredService<SpeechHandler>());
        services.AddSingleton<ICutWork, CutSpeech>();
        services.AddSingleton<SpeechService>();
        services.AddSingleton<SpeechQuotes>();
        services.AddSingleton<IGenerationProduct>(s => s.GetRequiredService<SpeechQuotes>());
        services.AddSingleton<IAssetContents, AudioContents>();
        services.AddSingleton<IUserDataOwner, SpeechUserData>();
        services.AddSingleton<Accounts.Export.IUserDataExport, SpeechExport>();
        services.AddSingleton<IFileOwner, PackFiles>();
        services.AddSingleton<IRecurringJob, PackPurge>();
    }

    public static void MapSpeech(this IEndpointRouteBuilder app)
    {
        app.MapVoices();
        app.MapTts();
        app.MapAudios();
    }
}
