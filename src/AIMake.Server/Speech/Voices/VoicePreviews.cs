using System.Collections.Concurrent;
using AIMake.Catalog;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Platform.Media;
using AIMake.Platform.Storage;
using AIMake.Providers;
using AIMake.Speech.Takes;
using AIMake.Speech.Text;
using Microsoft.Net.Http.Headers;

namespace AIMake.Speech.Voices;

/// <summary>
/// A short clip of each voice: spoken when it is first asked for, then kept for everybody. However many ask at once, the
/// provider is asked once.
/// </summary>
internal sealed class VoicePreviews(LiveCatalog catalog, SegmentSpeaker speaker, AudioEncoders encoders, IFileStore files)
{
    public const string Folder = "previews/";

    private readonly ConcurrentDictionary<string, SemaphoreSlim> _making = new(StringComparer.Ordinal);

    public static async Task<IResult> Open(string id, VoicePreviews previews, HttpContext context, CancellationToken ct)
    {
        if (!(await previews.GetAsync(id, ct)).TryGet(out var clip, out var fault))
        {
            return ApiResult.From<Done>(fault.Code == FaultCodes.VoiceUnknown ? new Fault(FaultCodes.NotFound) : fault);
        }

        context.Response.Headers.CacheControl = "public, max-age=86400";
        return Results.Bytes(clip.Bytes, SpeechFormats.MimeType("mp3"), enableRangeProcessing: true, entityTag: new EntityTagHeaderValue($"\"{clip.Tag}\""));
    }

    /// <summary>The clip and a tag that changes with it.</summary>
    public async Task<Outcome<(byte[] Bytes, string Tag)>> GetAsync(string voiceId, CancellationToken ct)
    {
        if (!catalog.Current.Speech(voiceId, catalog.Today).TryGet(out var offer, out var fault))
        {
            return fault;
        }

        var text = PreviewTexts.For(offer.Voice);
        var tag = SegmentDigest.Of(text, $"{offer.Voice.Provider}/{offer.Voice.ProviderVoice}", offer.Model.Id, 1, "preview-1").Hex;
        var key = $"{Folder}{tag}.mp3";
        if (await ReadAsync(key, ct) is { } kept)
        {
            return (kept, tag);
        }

        var making = _making.GetOrAdd(key, _ => new SemaphoreSlim(1));
        await making.WaitAsync(ct);
        try
        {
            return (await ReadAsync(key, ct) ?? await MakeAsync(key, text, offer, ct), tag);
        }
        catch (ProviderException e)
        {
            return ProviderFaults.ToFault(e.Fault, offer.Voice.Provider);
        }
        finally
        {
            making.Release();
        }
    }

    private async Task<byte[]> MakeAsync(string key, string text, SpeechOffer offer, CancellationToken ct)
    {
        var segment = new SpeechSegment(0, text, 0, text.Length, text.Length, ParagraphEnd: true, TimeSpan.Zero);
        var sound = await speaker.SpeakAsync(segment, offer, speed: 1, ownKeyOf: null, ct);
        var path = files.NewTempPath();
        await using (var spool = SpeechHandler.OpenSpool(path))
        {
            await using var encoder = await encoders.OpenAsync(AudioFormat.Mp3, sound.SampleRate, spool, ct);
            await encoder.WriteAsync(sound.Pcm, ct);
            await encoder.CompleteAsync(ct);
        }

        var bytes = await File.ReadAllBytesAsync(path, ct);
        await files.PutAsync(key, path, SpeechFormats.MimeType("mp3"), ct);
        return bytes;
    }

    private async Task<byte[]?> ReadAsync(string key, CancellationToken ct)
    {
        if (await files.OpenAsync(key, 0, null, ct) is not { } stream)
        {
            return null;
        }

        await using (stream)
        {
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, ct);
            return bytes.ToArray();
        }
    }
}
