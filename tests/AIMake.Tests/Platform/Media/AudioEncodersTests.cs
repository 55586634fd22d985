using AIMake.Platform.Media;

namespace AIMake.Tests.Platform.Media;

public sealed class AudioEncodersTests(MediaFixture media) : IClassFixture<MediaFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(AudioFormat.Mp3, 22050, "mp3", 22050)]
    [InlineData(AudioFormat.Mp3, 24000, "mp3", 24000)]
    [InlineData(AudioFormat.Mp3, 8000, "mp3", 8000)]
    [InlineData(AudioFormat.Mp3, 48000, "mp3", 48000)]
    [InlineData(AudioFormat.Wav, 22050, "pcm_s16le", 22050)]
    [InlineData(AudioFormat.Opus, 22050, "opus", 48000)]
    [InlineData(AudioFormat.Flac, 22050, "flac", 22050)]
    [InlineData(AudioFormat.Aac, 24000, "aac", 24000)]
    internal async Task A_file_has_the_codec_rate_and_duration_it_should(AudioFormat format, int rate, string codec, int codedRate)
    {
        var path = media.NewPath(format.Extension());
        EncodedAudio encoded;
        await using (var file = File.Create(path))
        await using (var encoder = await media.Encoders.OpenAsync(format, rate, file, Ct))
        {
            for (var i = 0; i < 6; i++)
            {
                await encoder.WriteAsync(Signals.Bytes(Signals.Sine(rate, 1.3, 440)), Ct);
                await encoder.WriteSilenceAsync(rate / 2, Ct);
            }
            encoded = await encoder.CompleteAsync(Ct);
        }

        Assert.Equal(new FileInfo(path).Length, encoded.Bytes);
        Assert.Equal(10.8, encoded.Duration.TotalSeconds, 2);
        var probed = await media.ProbeAsync(path);
        Assert.Equal((codec, codedRate, 1), (probed.Codec, probed.Rate, probed.Channels));
        // ADTS has no duration: ffprobe guesses it from the first frames, so the decoder is asked instead.
        if (format != AudioFormat.Aac) Assert.InRange(probed.Duration, 10.8 * 0.98, 10.8 * 1.02);
        Assert.InRange((await media.DecodeAsync(path, rate)).Length / (double)rate, 10.8 * 0.98, 10.8 * 1.02);
    }

    [Fact]
    public async Task The_rate_of_mp3_is_constant_64_kilobits()
    {
        var path = media.NewPath("mp3");
        await using (var file = File.Create(path))
        await using (var encoder = await media.Encoders.OpenAsync(AudioFormat.Mp3, 22050, file, Ct))
        {
            await encoder.WriteAsync(Signals.Bytes(Signals.Chirp(22050, 10, 100, 4000)), Ct);
            await encoder.CompleteAsync(Ct);
        }
        Assert.InRange((await media.ProbeAsync(path)).BitRate, 63_900, 64_100);
    }

    [Theory]
    [InlineData(AudioFormat.Flac)]
    [InlineData(AudioFormat.Wav)]
    internal async Task Lossless_formats_lose_nothing(AudioFormat format)
    {
        var samples = Signals.Chirp(22050, 3, 100, 8000);
        var path = media.NewPath(format.Extension());
        await using (var file = File.Create(path))
        await using (var encoder = await media.Encoders.OpenAsync(format, 22050, file, Ct))
        {
            await encoder.WriteAsync(Signals.Bytes(samples), Ct);
            await encoder.CompleteAsync(Ct);
        }
        Assert.Equal(samples, await media.DecodeAsync(path, 22050));
    }

    [Theory]
    [InlineData(22050)]
    [InlineData(24000)]
    [InlineData(16000)]
    [InlineData(48000)]
    public async Task Bare_samples_come_at_24_kHz_whatever_went_in(int rate)
    {
        using var memory = new MemoryStream();
        await using var encoder = await media.Encoders.OpenAsync(AudioFormat.Pcm, rate, new OneWayStream(memory), Ct);
        await encoder.WriteAsync(Signals.Bytes(Signals.Sine(rate, 2, 440)), Ct);
        await encoder.WriteSilenceAsync(rate, Ct);

        var encoded = await encoder.CompleteAsync(Ct);

        var samples = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, short>(memory.ToArray()).ToArray();
        Assert.Equal(memory.Length, encoded.Bytes);
        Assert.InRange(samples.Length, 71_900, 72_100);
        // 440 Hz at 24 kHz: it crosses zero upwards 880 times in two seconds.
        Assert.InRange(samples.Zip(samples.Skip(1)).Take(48_000).Count(pair => pair.First < 0 && pair.Second >= 0), 875, 885);
        Assert.All(samples[^20_000..], sample => Assert.InRange((int)sample, -2, 2));
    }

    [Theory]
    [InlineData(AudioFormat.Mp3)]
    [InlineData(AudioFormat.Wav)]
    [InlineData(AudioFormat.Opus)]
    [InlineData(AudioFormat.Flac)]
    [InlineData(AudioFormat.Aac)]
    internal async Task A_stream_that_cannot_seek_gets_a_playable_file_too(AudioFormat format)
    {
        using var memory = new MemoryStream();
        await using (var encoder = await media.Encoders.OpenAsync(format, 22050, new OneWayStream(memory), Ct))
        {
            await encoder.WriteAsync(Signals.Bytes(Signals.Sine(22050, 3, 440)), Ct);
            await encoder.CompleteAsync(Ct);
        }
        var path = media.NewPath(format.Extension());
        await File.WriteAllBytesAsync(path, memory.ToArray(), Ct);
        // A WAV whose length is unknown always looks cut off to a strict reader.
        Assert.InRange((await media.DecodeAsync(path, 22050, strict: format != AudioFormat.Wav)).Length / 22050.0, 2.99, 3.2);
    }

    [Theory]
    [InlineData(AudioFormat.Mp3)]
    [InlineData(AudioFormat.Wav)]
    [InlineData(AudioFormat.Opus)]
    [InlineData(AudioFormat.Aac)]
    internal async Task The_first_bytes_come_before_the_last_samples(AudioFormat format)
    {
        var output = new FirstByteStream();
        await using var encoder = await media.Encoders.OpenAsync(format, 22050, output, Ct);
        await encoder.WriteAsync(Signals.Bytes(Signals.Sine(22050, 3, 440)), Ct);
        await output.Arrived.WaitAsync(TimeSpan.FromSeconds(20), Ct);
    }

    [Theory]
    [InlineData(7999)]
    [InlineData(48001)]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task An_impossible_rate_is_a_bug_of_the_caller(int rate) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => media.Encoders.OpenAsync(AudioFormat.Mp3, rate, Stream.Null, Ct));

    [Theory]
    [InlineData(AudioFormat.Mp3)]
    [InlineData(AudioFormat.Flac)]
    internal async Task A_listener_that_leaves_is_noticed_by_the_producer(AudioFormat format)
    {
        await using var encoder = await media.Encoders.OpenAsync(format, 22050, new BrokenStream(), Ct);
        var second = Signals.Bytes(Signals.Chirp(22050, 1, 100, 4000));
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            for (var i = 0; i < 100_000; i++)
            {
                await encoder.WriteAsync(second, Ct);
                await encoder.WriteSilenceAsync(5000, Ct);
            }
        });
    }
}
