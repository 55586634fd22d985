using System.Runtime.ExceptionServices;

namespace AIMake.Platform.Media;

/// <summary>One ffmpeg from the first sample to the last byte.</summary>
internal sealed class FfmpegEncoder : IAudioEncoder
{
    private readonly FfmpegProcess _process;
    private readonly FfmpegCommand _command;
    private readonly Stream _output;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _pump;
    private volatile ExceptionDispatchInfo? _gone;
    private long _samples;
    private long _bytes;

    private FfmpegEncoder(FfmpegProcess process, FfmpegCommand command, Stream output)
    {
        _process = process;
        _command = command;
        _output = output;
        _pump = _process.ReadAllAsync(ForwardAsync, _stop.Token);
    }

    public static async Task<FfmpegEncoder> StartAsync(FfmpegProcesses processes, FfmpegCommand command, Stream output) =>
        new(await processes.StartAsync(command), command, output);

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> pcm, CancellationToken ct)
    {
        if (_pump.IsFaulted) await _pump;
        _samples += pcm.Length / 2;
        try
        {
            await _process.WriteAsync(pcm, ct);
        }
        catch (MediaException)
        {
            _gone?.Throw(); // the encoder was ended because its listener had gone
            throw;
        }
    }

    public ValueTask WriteSilenceAsync(long samples, CancellationToken ct) => Silence.WriteAsync(samples, WriteAsync, ct);

    public async Task<EncodedAudio> CompleteAsync(CancellationToken ct)
    {
        await _process.EndInputAsync();
        await _pump.WaitAsync(ct);
        if (_command.Format == AudioFormat.Flac && _output.CanSeek) await FlacLength.PatchAsync(_output, _bytes, _samples, ct);
        return new EncodedAudio(_bytes, _samples, _command.SampleRate);
    }

    private async ValueTask ForwardAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await _output.WriteAsync(bytes, _stop.Token);
        }
        catch (Exception e)
        {
            // Nobody listens: an encoder that is left blocked would hold its producer until the stall is noticed.
            _gone = ExceptionDispatchInfo.Capture(e);
            await _process.DisposeAsync();
            throw;
        }
        _bytes += bytes.Length;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _process.DisposeAsync();
        try
        {
            await _pump;
        }
        catch
        {
            // Already reported to whoever wrote or completed, or nobody wants to know.
        }
        _stop.Dispose();
    }
}
