using AIMake.Catalog;
using AIMake.Catalog.Changes;
using AIMake.Platform.Faults;
using AIMake.Platform.Media;
using AIMake.Platform.Settings;
using AIMake.Providers;
using AIMake.Providers.Espeak;
using AIMake.Speech.Audio;
using AIMake.Speech.Storage;
using AIMake.Speech.Takes;
using AIMake.Speech.Text;
using AIMake.Speech.Voices;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AIMake.Speech.Say;

/// <summary>The server's own way of speaking, with the local engine and without the rest of the server.</summary>
internal static class LocalSpeech
{
    private const string Prefix = "espeak:";

    public static string ShortId(string voiceId) => voiceId.StartsWith(Prefix, StringComparison.Ordinal) ? voiceId[Prefix.Length..] : voiceId;

    /// <returns>Null when the file is there, else what was wrong with the order.</returns>
    public static async Task<Fault?> SpeakAsync(SayOrder order, Func<Stream> standardOutput, TextWriter progress, CancellationToken ct)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddMedia();
        builder.Services.AddSingleton<SpeechProviders>();
        builder.AddEspeak();
        builder.AddCatalog();
        builder.Services.RemoveAll<ICatalogOverrides>(); // they lie in the database, and there is none
        builder.AddSpeech();
        await using var services = builder.Services.BuildServiceProvider();

        var voice = order.Voice ?? (IsChinese(order.Text!) ? "cmn" : "en-us");
        var format = order.Format ?? FormatOf(order.Output!);
        var speech = new SpeechOrder(order.Text!, voice.Contains(':', StringComparison.Ordinal) ? voice : Prefix + voice, order.Speed, format, null, null);
        if (!services.GetRequiredService<SpeechPlanner>().Plan(speech, Guid.Empty).TryGet(out var plan, out var fault))
        {
            return fault;
        }

        if (order.Output == "-")
        {
            await using var output = standardOutput();
            await EncodeAsync(plan, output, services, progress, ct);
            return null;
        }

        var part = order.Output + ".part";
        try
        {
            EncodedAudio audio;
            await using (var file = new FileStream(part, FileMode.Create, FileAccess.ReadWrite))
            {
                audio = await EncodeAsync(plan, file, services, progress, ct);
            }

            if (format != AudioFormat.Pcm.Name()) // bare samples were asked for by name
            {
                await services.GetRequiredService<FinishedFiles>().FinishAsync(SpeechFormats.Of(format), part, ct);
            }

            File.Move(part, order.Output!, overwrite: true);
            await progress.WriteLineAsync(FormattableString.Invariant($"{order.Output}: {audio.Duration.TotalSeconds:0.0} s, {audio.Bytes / 1000.0:0.#} kB"));
            return null;
        }
        finally
        {
            File.Delete(part);
        }
    }

    private static async Task<EncodedAudio> EncodeAsync(SpeechPlan plan, Stream output, IServiceProvider services, TextWriter progress, CancellationToken ct)
    {
        var source = new SegmentSource(
            plan, new Dictionary<SegmentDigest, SegmentRow>(), services.GetRequiredService<SegmentSpeaker>(), static (_, _) => Task.FromResult<SegmentSound?>(null));
        var encoders = services.GetRequiredService<AudioEncoders>();
        IAudioEncoder? encoder = null;
        SpeechJoiner? joiner = null;
        try
        {
            var done = 0;
            await foreach (var sound in source.ReadAllAsync(ct))
            {
                var segment = plan.Segments[done++].Segment;
                if (joiner is null)
                {
                    encoder = await encoders.OpenAsync(SpeechFormats.Of(plan.Work.Format), sound.SampleRate, output, ct);
                    joiner = new SpeechJoiner(encoder, sound.SampleRate, new JoinSettings());
                    joiner.Pause(plan.Script.LeadIn);
                }

                await joiner.AddAsync(sound.Pcm, segment.ParagraphEnd, segment.PauseAfter, ct);
                if (!Console.IsErrorRedirected && plan.Segments.Count > 1)
                {
                    await progress.WriteAsync($"\r{done}/{plan.Segments.Count}\r");
                }
            }

            return await joiner!.CompleteAsync(ct);
        }
        finally
        {
            if (encoder is not null)
            {
                await encoder.DisposeAsync();
            }
        }
    }

    /// <summary>What the file's name says it is.</summary>
    private static string FormatOf(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        "" => "mp3",
        ".m4a" => "aac",
        var extension => extension[1..],
    };

    /// <summary>Mostly Chinese characters, and none of the kana that would make it Japanese.</summary>
    private static bool IsChinese(string text) =>
        text.Count(c => c is >= '\u4E00' and <= '\u9FFF') * 2 > text.Count(char.IsLetter) && !text.Any(c => c is >= '\u3040' and <= '\u30FF');
}
