using AIMake.Credits;
using AIMake.Generations;
using AIMake.Platform.Media;
using AIMake.Platform.Storage;
using AIMake.Speech.Audio;
using AIMake.Speech.Storage;
using AIMake.Speech.Text;

namespace AIMake.Speech.Takes;

/// <summary>What a take came to.</summary>
/// <param name="Audio">The encoded whole; null when it was broken off or nothing made a sound.</param>
/// <param name="Charged">For each segment that was heard, whether it is to be paid.</param>
/// <param name="LastPack">Segments not yet recorded; their bytes are durable.</param>
/// <param name="Packs">Every pack the audio was made from.</param>
/// <param name="CostMicroUsd">What the provider charges us; null when it does not say.</param>
internal sealed record TakeResult(
    EncodedAudio? Audio, IReadOnlyList<bool> Charged, NewPack? LastPack, IReadOnlyCollection<Guid> Packs, IReadOnlyList<TimelineEntry> Timeline,
    byte[] Peaks, double SpokenSeconds, long? CostMicroUsd);

/// <summary>
/// Speaks a plan into an encoder.
/// <list type="number">
/// <item>Sounds arrive in order from <see cref="SegmentSource"/>, which reads what is kept and speaks the rest side by side.</item>
/// <item>Each is levelled, joined to the one before with the pause its place in the text asks for, and handed to the encoder,
/// which works at the same time.</item>
/// <item>What was spoken is gathered into packs. A full pack is stored and recorded as a step of the generation while the next
/// is being spoken: after a crash nothing in it is spoken again. The last one is stored while the encoder finishes, and recorded
/// with the end of the work.</item>
/// <item>A segment without any sound is not charged.</item>
/// </list>
/// </summary>
internal sealed class SpeechTake(
    GenerationRun run, SpeechPlan plan, IReadOnlyDictionary<SegmentDigest, SegmentRow> kept, SegmentSpeaker speaker, AudioEncoders encoders, IFileStore files,
    SpeechOptions options) : IDisposable
{
    /// <summary>Bars of the drawn outline: enough for a wide screen, few enough for every row of a list.</summary>
    private const int Bars = 200;
    private static readonly JoinSettings Joining = new();

    private readonly List<TimelineEntry> _timeline = new(plan.Segments.Count);
    private readonly List<bool> _charged = new(plan.Segments.Count);
    private readonly HashSet<Guid> _packs = [.. kept.Values.Select(k => k.PackId)];
    private readonly SegmentSource _source = new(plan, kept, speaker, new KeptSounds(files).ReadAsync, plan.Work.OwnKey ? run.UserId : null);
    private readonly PackWriter _pack = new(files, run.UserId, options.SegmentsPerPack);
    private readonly bool[] _due = Affordable(run, plan, kept);
    private Task _storing = Task.CompletedTask;
    private SpeechJoiner? _joiner;
    private NewPack? _last;
    private CancellationToken _ct;
    private double _spokenSeconds;
    private Micro _delivered;
    private long? _cost = 0;

    /// <param name="output">Where the file goes.</param>
    /// <param name="ct">Ends the work: nothing comes of it.</param>
    /// <param name="listener">Ends when whoever hears it live has left: what was heard until then is the result.</param>
    public async Task<TakeResult> RunAsync(Stream output, CancellationToken ct, CancellationToken listener = default)
    {
        _ct = ct;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, listener);
        EncodedAudio? audio = null;
        try
        {
            audio = await EncodeAsync(output, either.Token);
        }
        catch (Exception e) when (listener.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            await GatherLeftoversAsync();
            StoreLast();
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            await KeepAsync();
            throw;
        }

        await _storing;
        return new TakeResult(audio, _charged, _last, _packs, _timeline, _joiner?.Peaks(Bars) ?? [], _spokenSeconds, _cost);
    }

    public void Dispose() => _pack.Dispose();

    private async Task<EncodedAudio?> EncodeAsync(Stream output, CancellationToken ct)
    {
        IAudioEncoder? encoder = null;
        try
        {
            await foreach (var sound in _source.ReadAllAsync(ct))
            {
                if (sound.Samples > 0)
                {
                    encoder ??= await OpenAsync(sound.SampleRate, output, ct);
                }

                var segment = plan.Segments[_charged.Count];
                var heard = await JoinAsync(segment.Segment, sound, ct);
                if (heard && sound.Spoken)
                {
                    await GatherAsync(segment.Digest, sound, ct);
                }

                Charge(segment, heard);
                run.Report(0.97 * _charged.Count / plan.Segments.Count, "speaking");
            }

            StoreLast();
            return encoder is null || _timeline.Count == 0 ? null : await _joiner!.CompleteAsync(ct);
        }
        finally
        {
            if (encoder is not null)
            {
                await encoder.DisposeAsync();
            }
        }
    }

    private async Task<IAudioEncoder> OpenAsync(int sampleRate, Stream output, CancellationToken ct)
    {
        var encoder = await encoders.OpenAsync(SpeechFormats.Of(plan.Work.Format), sampleRate, output, ct);
        _joiner = new SpeechJoiner(encoder, sampleRate, Joining);
        _joiner.Pause(plan.Script.LeadIn);
        return encoder;
    }

    /// <returns>Whether there was anything to hear in it.</returns>
    private async Task<bool> JoinAsync(SpeechSegment segment, SegmentSound sound, CancellationToken ct)
    {
        if (_joiner is not { } joiner)
        {
            return false;
        }

        if (await joiner.AddAsync(sound.Pcm, segment.ParagraphEnd, segment.PauseAfter, ct) is not { } span)
        {
            return false;
        }

        _timeline.Add(new TimelineEntry(Ms(span.Start), Ms(span.End), segment.Start, segment.End));
        return true;

        long Ms(long samples) => samples * 1000 / joiner.SampleRate;
    }

    /// <summary>Adds what was just spoken to the pack being gathered.</summary>
    private async Task GatherAsync(SegmentDigest digest, SegmentSound sound, CancellationToken ct)
    {
        _cost += sound.CostMicroUsd;
        _spokenSeconds += (double)sound.Samples / sound.SampleRate;
        await _pack.AddAsync(digest, sound, ct);
        if (_pack.IsFull)
        {
            await _storing;
            _storing = StoreStepAsync(_pack.Take());
        }
    }

    private async Task GatherLeftoversAsync()
    {
        foreach (var (digest, sound) in _source.Leftovers.Where(l => l.Sound.Samples > 0))
        {
            await GatherAsync(digest, sound, _ct);
        }
    }

    private void Charge(PricedSegment priced, bool heard)
    {
        var due = _due[_charged.Count] && heard;
        _charged.Add(due);
        if (due)
        {
            _delivered += priced.Price;
            run.Checkpoint(_delivered);
        }
    }

    private async Task StoreStepAsync(SpooledPack spooled)
    {
        await spooled.StoreAsync(files, _ct);
        var step = System.Text.Json.JsonSerializer.SerializeToElement(spooled.Pack.Segments.Count);
        if (!await run.CompleteStepAsync($"pack-{spooled.Pack.Id:N}", step, (s, c) => SpeechStore.AddPackAsync(s, run.UserId, spooled.Pack, c), _ct))
        {
            throw new OperationCanceledException("The lease is lost.");
        }

        _packs.Add(spooled.Pack.Id);
        _source.NowKept(spooled.Rows);
    }

    /// <summary>Nothing more will be spoken: the rest becomes durable now, its rows are written with the end.</summary>
    private void StoreLast()
    {
        if (_pack.IsEmpty)
        {
            return;
        }

        var (spooled, before) = (_pack.Take(), _storing);
        _storing = StoreAsync();

        async Task StoreAsync()
        {
            await before;
            await spooled.StoreAsync(files, _ct);
            _last = spooled.Pack;
            _packs.Add(spooled.Pack.Id);
        }
    }

    /// <summary>The work failed, but what was spoken so far shall not be spoken again when it is tried anew.</summary>
    private async Task KeepAsync()
    {
        try
        {
            await _storing;
            await GatherLeftoversAsync();
            await _storing;
            if (!_pack.IsEmpty)
            {
                await StoreStepAsync(_pack.Take());
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or Platform.Database.DatabaseFaultException or Platform.Faults.FaultException)
        {
            // The failure that brought us here is the one to tell; this one only costs speaking again.
        }
    }

    /// <summary>
    /// What is to be paid: never more than was quoted, even if something that was free then has been cleaned away since.
    /// </summary>
    private static bool[] Affordable(GenerationRun run, SpeechPlan plan, IReadOnlyDictionary<SegmentDigest, SegmentRow> kept)
    {
        var due = SpeechPricing.Charged(plan.Segments, kept.Where(k => k.Value.Paid).Select(k => k.Key).ToHashSet());
        var total = Micro.Zero;
        for (var i = 0; i < due.Length; i++)
        {
            due[i] &= total + plan.Segments[i].Price <= run.Ceiling;
            total = due[i] ? total + plan.Segments[i].Price : total;
        }

        return due;
    }
}
