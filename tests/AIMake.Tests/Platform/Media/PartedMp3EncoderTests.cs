using AIMake.Platform.Media;
using AIMake.Platform.Processes;

namespace AIMake.Tests.Platform.Media;

/// <summary>Parts must not be noticeable: same length, same times, silent seams.</summary>
public sealed class PartedMp3EncoderTests(MediaFixture media) : IClassFixture<MediaFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(22050)]
    [InlineData(24000)]
    [InlineData(44100)]
    [InlineData(48000)]
    [InlineData(16000)]
    public async Task Joined_parts_are_what_one_encoder_would_have_made(int rate)
    {
        // Pieces of odd lengths, so that no border falls on a frame by luck.
        var pieces = Enumerable.Range(0, 14).Select(i => Signals.Chirp(rate, 0.911 + 0.0137 * i, 200 + 40 * i, 3000)).ToList();
        var pause = (long)(rate * 0.22);
        var path = media.NewPath("mp3");
        var starts = new List<long>();
        long total = 0;
        EncodedAudio encoded;
        await using (var file = File.Create(path))
        await using (var encoder = await media.Encoders.OpenAsync(AudioFormat.Mp3, rate, file, Ct))
        {
            foreach (var piece in pieces)
            {
                starts.Add(total);
                await encoder.WriteAsync(Signals.Bytes(piece), Ct);
                await encoder.WriteSilenceAsync(pause, Ct);
                total += piece.Length + pause;
            }
            encoded = await encoder.CompleteAsync(Ct);
        }
        Assert.Equal(total, encoded.Samples);

        var decoded = await media.DecodeAsync(path, rate);
        Assert.InRange(decoded.Length, total, total + 4000);
        for (var i = 0; i < pieces.Count; i++)
        {
            var start = (int)starts[i] + Mp3Frames.Delay;
            var best = Enumerable.Range(-3, 7).MaxBy(shift => Signals.Correlation(pieces[i], decoded.AsSpan(start + shift, pieces[i].Length)));
            Assert.Equal(0, best);
            Assert.True(Signals.Correlation(pieces[i], decoded.AsSpan(start, pieces[i].Length)) > 0.99, $"piece {i}");

            // The middle of the pause after it, where the seams are: nothing above the last few bits.
            var quiet = decoded.AsSpan(start + pieces[i].Length + 600, (int)pause - 1200);
            Assert.True(Signals.Peak(quiet) < 40, $"pause {i} reaches {Signals.Peak(quiet)}");
        }
    }

    [Fact]
    public async Task Real_speech_in_parts_equals_real_speech_in_one()
    {
        var (_, wav) = await media.Children.RunAsync(new ChildProcessSpec("espeak-ng", "--stdout", "The morning light fell softly over the quiet valley."), Ct);
        var sentence = wav.AsMemory(44);
        sentence = sentence[..(sentence.Length & ~1)];

        async Task<short[]> EncodeAsync(MediaFixture with)
        {
            var path = with.NewPath("mp3");
            await using (var file = File.Create(path))
            await using (var encoder = await with.Encoders.OpenAsync(AudioFormat.Mp3, 22050, file, Ct))
            {
                for (var i = 0; i < 8; i++)
                {
                    await encoder.WriteAsync(sentence, Ct);
                    await encoder.WriteSilenceAsync(4851, Ct);
                }
                await encoder.CompleteAsync(Ct);
            }
            return await with.DecodeAsync(path, 22050);
        }

        await using var single = new MediaFixture(new MediaOptions { FirstPartSeconds = 3600, LargestPartSeconds = 3600 });
        var one = await EncodeAsync(single);
        var parts = await EncodeAsync(media);
        Assert.Equal(one.Length, parts.Length);
        Assert.True(Signals.Correlation(one, parts) > 0.999);
    }

    [Fact]
    public async Task Without_pauses_there_is_one_part_and_nothing_is_lost()
    {
        var samples = Signals.Chirp(22050, 12, 100, 3000);
        var path = media.NewPath("mp3");
        await using (var file = File.Create(path))
        await using (var encoder = await media.Encoders.OpenAsync(AudioFormat.Mp3, 22050, file, Ct))
        {
            foreach (var chunk in samples.Chunk(10_001)) await encoder.WriteAsync(Signals.Bytes(chunk), Ct);
            await encoder.CompleteAsync(Ct);
        }
        var decoded = await media.DecodeAsync(path, 22050);
        Assert.True(Signals.Correlation(samples, decoded.AsSpan(Mp3Frames.Delay, samples.Length)) > 0.99);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(3000)]
    public async Task Very_short_and_empty_sounds_are_files_too(int samples)
    {
        var path = media.NewPath("mp3");
        await using (var file = File.Create(path))
        await using (var encoder = await media.Encoders.OpenAsync(AudioFormat.Mp3, 22050, file, Ct))
        {
            if (samples > 0) await encoder.WriteAsync(new byte[samples * 2], Ct);
            Assert.Equal(samples, (await encoder.CompleteAsync(Ct)).Samples);
        }
        if (samples > 0) Assert.True((await media.DecodeAsync(path, 22050)).Length >= samples);
    }

    [Fact]
    public async Task A_slow_listener_bounds_what_is_made_ahead_and_loses_nothing()
    {
        using var memory = new MemoryStream();
        var listener = new GatedStream(memory);
        await using var encoder = await media.Encoders.OpenAsync(AudioFormat.Mp3, 22050, listener, Ct);
        var piece = Signals.Bytes(Signals.Chirp(22050, 2.1, 100, 3000));
        var written = 0;
        var producing = Task.Run(async () =>
        {
            for (; written < 30; written++)
            {
                await encoder.WriteAsync(piece, Ct);
                await encoder.WriteSilenceAsync(6000, Ct);
            }
        }, Ct);

        // Parts of 2 to 4 seconds, 2·3+2 of them unwritten at most: the producer cannot be beyond 8 parts of two pieces each.
        await Assert.ThrowsAsync<TimeoutException>(() => producing.WaitAsync(TimeSpan.FromSeconds(1.5), Ct));
        Assert.InRange(written, 4, 18);

        listener.Open();
        await producing;
        var encoded = await encoder.CompleteAsync(Ct);
        Assert.Equal(encoded.Bytes, memory.Length);
        Assert.Equal(30 * (piece.Length / 2 + 6000), encoded.Samples);
    }
}
