using System.Buffers.Binary;
using AIMake.Providers;
using AIMake.Providers.Audio;

namespace AIMake.Tests.Providers.Audio;

public sealed class PcmBodyTests
{
    private static readonly byte[] Samples = [.. Enumerable.Range(1, 40).Select(i => (byte)i)];

    [Fact]
    public async Task Raw_samples_pass_unchanged_at_the_rate_they_are_said_to_have()
    {
        var (pcm, rate) = await ReadAsync(Samples);

        Assert.Equal(Samples, pcm);
        Assert.Equal(24_000, rate);
    }

    [Theory]
    [InlineData(0xFFFFFFFF)]
    [InlineData(0)]
    [InlineData(0x7FFFFFFF)]
    [InlineData(0x80000000)]
    public async Task A_wav_of_unknown_length_goes_on_to_the_end(uint size)
    {
        var (pcm, rate) = await ReadAsync(Wav(Samples, dataSize: size, rate: 16_000));

        Assert.Equal(Samples, pcm);
        Assert.Equal(16_000, rate);
    }

    [Fact]
    public async Task A_wav_of_known_length_ends_there_whatever_follows()
    {
        var (pcm, _) = await ReadAsync([.. Wav(Samples), .. "LIST\u0004\0\0\0abcd"u8]);

        Assert.Equal(Samples, pcm);
    }

    [Fact]
    public async Task Other_chunks_before_the_sound_are_passed_over()
    {
        var (pcm, _) = await ReadAsync(Wav(Samples, before: [.. "LIST\u0003\0\0\0abc\0"u8, .. "fact\u0004\0\0\0\0\0\0\0"u8]));

        Assert.Equal(Samples, pcm);
    }

    [Fact]
    public async Task The_extensible_form_of_the_format_is_the_same_sound()
    {
        var format = new byte[40];
        Format(0xFFFE, 1, 24_000, 16).CopyTo(format, 0);
        format[24] = 1;
        var (pcm, _) = await ReadAsync(Wav(Samples, format: format));

        Assert.Equal(Samples, pcm);
    }

    [Fact]
    public async Task Two_channels_become_one_by_their_mean()
    {
        byte[] stereo = [.. Sample(100), .. Sample(300), .. Sample(-32768), .. Sample(32767)];
        var (pcm, _) = await ReadAsync(Wav(stereo, channels: 2));

        Assert.Equal([.. Sample(200), .. Sample(0)], pcm);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task Reads_of_any_size_give_the_same_sound(int bytesAtATime)
    {
        var raw = await ReadAsync(new SlicedStream(Samples, bytesAtATime));
        var wav = await ReadAsync(new SlicedStream(Wav(Samples, dataSize: 0xFFFFFFFF), bytesAtATime));

        Assert.Equal(Samples, raw.Pcm);
        Assert.Equal(Samples, wav.Pcm);
    }

    public static TheoryData<string, byte[]> Damaged => new()
    {
        { "nothing", [] },
        { "half a sample", [1] },
        { "an odd end", [.. Samples, 1] },
        { "a head cut short", Wav(Samples)[..30] },
        { "a head without sound", Wav([])[..36] },
        { "a head and no samples", Wav([], dataSize: 0xFFFFFFFF) },
        { "less than announced", Wav(Samples, dataSize: 400) },
        { "8 bits", Wav(Samples, format: Format(1, 1, 24_000, 8)) },
        { "32 bits", Wav(Samples, format: Format(3, 1, 24_000, 32)) },
        { "MP3 inside", Wav(Samples, format: Format(0x55, 1, 24_000, 16)) },
        { "no channels", Wav(Samples, format: Format(1, 0, 24_000, 16)) },
        { "no rate", Wav(Samples, format: Format(1, 1, 0, 16)) },
        { "a short format", Wav(Samples, format: new byte[8]) },
        { "sound before its format", [.. "RIFF\0\0\0\0WAVEdata\u0004\0\0\0abcd"u8] },
        { "a chunk of 4 GB", [.. "RIFF\0\0\0\0WAVEjunk"u8, 255, 255, 255, 255] },
        { "chunks without end", [.. "RIFF\0\0\0\0WAVE"u8, .. Enumerable.Repeat("junk\0\0\0\0"u8.ToArray(), 1000).SelectMany(b => b)] },
        { "stereo cut in a frame", [.. Wav(Samples, dataSize: 0xFFFFFFFF, channels: 2), 1, 2] },
    };

    [Theory]
    [MemberData(nameof(Damaged))]
    public async Task Damaged_sound_is_invalid(string what, byte[] body)
    {
        var fault = (await Assert.ThrowsAsync<ProviderException>(() => ReadAsync(body))).Fault;

        Assert.Equal((what, ProviderStage.Decode, ProviderFaultKind.InvalidResponse), (what, fault.Stage, fault.Kind));
    }

    [Fact]
    public async Task Raw_samples_are_refused_where_only_a_wav_will_do() =>
        await Assert.ThrowsAsync<ProviderException>(async () => await PcmBody.ReadAsync(new MemoryStream(Samples), 24_000, rawAllowed: false, default).ToListAsync());

    private static Task<(byte[] Pcm, int Rate)> ReadAsync(byte[] body) => ReadAsync(new MemoryStream(body));

    private static async Task<(byte[] Pcm, int Rate)> ReadAsync(Stream body)
    {
        var chunks = await PcmBody.ReadAsync(body, 24_000, rawAllowed: true, default).ToListAsync();
        Assert.All(chunks, chunk => Assert.Equal(0, chunk.Pcm.Length % 2));
        return ([.. chunks.SelectMany(chunk => chunk.Pcm.ToArray())], Assert.Single(chunks.Select(chunk => chunk.SampleRate).Distinct()));
    }

    private static byte[] Wav(byte[] samples, uint? dataSize = null, int rate = 24_000, int channels = 1, byte[]? format = null, byte[]? before = null)
    {
        format ??= Format(1, channels, rate, 16);
        return
        [
            .. "RIFF"u8, .. Number(0xFFFFFFFF), .. "WAVE"u8,
            .. before ?? [],
            .. "fmt "u8, .. Number((uint)format.Length), .. format,
            .. "data"u8, .. Number(dataSize ?? (uint)samples.Length), .. samples,
        ];
    }

    private static byte[] Format(int encoding, int channels, int rate, int bits)
    {
        var format = new byte[16];
        BinaryPrimitives.WriteUInt16LittleEndian(format, (ushort)encoding);
        BinaryPrimitives.WriteUInt16LittleEndian(format.AsSpan(2), (ushort)channels);
        BinaryPrimitives.WriteInt32LittleEndian(format.AsSpan(4), rate);
        BinaryPrimitives.WriteInt32LittleEndian(format.AsSpan(8), rate * channels * bits / 8);
        BinaryPrimitives.WriteUInt16LittleEndian(format.AsSpan(12), (ushort)(channels * bits / 8));
        BinaryPrimitives.WriteUInt16LittleEndian(format.AsSpan(14), (ushort)bits);
        return format;
    }

    private static byte[] Number(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Sample(short value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteInt16LittleEndian(bytes, value);
        return bytes;
    }

    /// <summary>Gives out a few bytes at a time, as a slow network does.</summary>
    private sealed class SlicedStream(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, most)], cancellationToken);
    }
}
