using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using AIMake.Platform.Outbound;

namespace AIMake.Providers.Audio;

/// <summary>
/// Turns the body of an answer into chunks of mono samples as it arrives. A WAV is recognised by its first bytes, whatever it
/// was called; anything else is taken for raw samples. A sample cut in two at a border between reads is put together; one
/// missing its second half at the very end means the sound was cut.
/// </summary>
internal static class PcmBody
{
    private static readonly StreamPipeReaderOptions Buffering = new(bufferSize: 16 * 1024, leaveOpen: true);

    /// <param name="rawRate">Sample rate of raw samples.</param>
    /// <param name="rawAllowed">Whether raw samples are acceptable at all.</param>
    public static async IAsyncEnumerable<SpeechChunk> ReadAsync(Stream body, int rawRate, bool rawAllowed, [EnumeratorCancellation] CancellationToken ct)
    {
        var reader = PipeReader.Create(body, Buffering);
        var total = 0L;
        try
        {
            var format = await StartAsync(reader, rawRate, rawAllowed, ct);
            while (true)
            {
                var (samples, done) = await NextAsync(reader, format, total, ct);
                total += samples.Length;
                if (samples.Length > 0) yield return new SpeechChunk(ToMono(samples, format.Channels), format.SampleRate);
                if (done) break;
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
        if (total == 0) throw ProviderFaults.Invalid("no sound");
    }

    private static async Task<PcmFormat> StartAsync(PipeReader reader, int rawRate, bool rawAllowed, CancellationToken ct)
    {
        var start = await ReadAsync(reader, 12, begun: false, ct);
        var isWav = WavHeader.IsWav(start.Buffer.Slice(0, Math.Min(12, start.Buffer.Length)).ToArray());
        reader.AdvanceTo(start.Buffer.Start);
        if (!isWav) return rawAllowed ? new PcmFormat(rawRate, 1, null) : throw ProviderFaults.Invalid("not a WAV");
        try
        {
            return await WavHeader.ReadAsync(reader, ct);
        }
        catch (OutboundException e)
        {
            throw ProviderFaults.From(e, begun: false);
        }
    }

    /// <summary>The next whole samples, and whether they were the last.</summary>
    private static async Task<(byte[] Samples, bool Done)> NextAsync(PipeReader reader, PcmFormat format, long total, CancellationToken ct)
    {
        var result = await ReadAsync(reader, format.FrameBytes, begun: total > 0, ct);
        var left = format.Length is { } announced ? announced - total : long.MaxValue;
        var available = Math.Min(result.Buffer.Length, left);
        var whole = result.Buffer.Slice(0, available - available % format.FrameBytes);
        var samples = whole.ToArray();
        var ended = result.IsCompleted && result.Buffer.Length < left;
        var rest = available - samples.Length;
        reader.AdvanceTo(whole.End);

        if (ended && samples.Length == 0 && rest > 0) throw ProviderFaults.Invalid($"a sample cut in two after {total} bytes");
        if (ended && samples.Length == 0 && format.Length is not null) throw ProviderFaults.Invalid($"{total} of {format.Length} bytes of sound");
        return (samples, samples.Length == left || samples.Length == 0);
    }

    private static async Task<ReadResult> ReadAsync(PipeReader reader, int atLeast, bool begun, CancellationToken ct)
    {
        try
        {
            return await reader.ReadAtLeastAsync(atLeast, ct);
        }
        catch (OutboundException e)
        {
            throw ProviderFaults.From(e, begun);
        }
    }

    private static ReadOnlyMemory<byte> ToMono(byte[] samples, int channels)
    {
        if (channels == 1) return samples;
        var mono = new byte[samples.Length / channels];
        for (var frame = 0; frame < mono.Length / 2; frame++)
        {
            var sum = 0;
            for (var channel = 0; channel < channels; channel++)
                sum += BinaryPrimitives.ReadInt16LittleEndian(samples.AsSpan((frame * channels + channel) * 2));
            BinaryPrimitives.WriteInt16LittleEndian(mono.AsSpan(frame * 2), (short)(sum / channels));
        }
        return mono;
    }
}
