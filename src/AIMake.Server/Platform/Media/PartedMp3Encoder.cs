using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Channels;

namespace AIMake.Platform.Media;

/// <summary>
/// MP3 by several encoders side by side, joined so that nobody can tell.
/// <list type="number">
/// <item>Samples go into the current part. When it is long enough and a pause comes, the part ends inside the pause, at a multiple of
/// the frame length n·576 (or n·1152).</item>
/// <item>An encoder shifts its sound by <see cref="Mp3Frames.Delay"/> samples: the frames of a part hold that much silence, then the
/// part. We keep its first n frames and drop the rest. What is dropped are the last 1,105 samples of the part, which the pause
/// guarantees to be zero; the delay of the next part stands in for them. So every part starts exactly where it should, the whole
/// file is shifted once, like any MP3, and no time is lost or gained.</item>
/// <item>A part's first frame refers to no earlier bits, and the frames before the cut hold silence, so the overlap of neighbouring
/// frames adds nothing: no click.</item>
/// <item>Parts run on as many encoders as there are processors, and are written out in order, the first one while it is made.</item>
/// </list>
/// </summary>
internal sealed class PartedMp3Encoder : IAudioEncoder
{
    private readonly FfmpegProcesses _processes;
    private readonly Stream _output;
    private readonly int _sampleRate;
    private readonly int _frame;
    private readonly SemaphoreSlim _encoders;
    private readonly SemaphoreSlim _unwritten;
    private readonly Channel<Mp3Part> _parts = Channel.CreateUnbounded<Mp3Part>();
    private readonly List<Task> _running = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _writing;
    private Mp3Part? _current;
    private double _partSeconds;
    private long _samples;
    private long _bytes;

    public PartedMp3Encoder(FfmpegProcesses processes, int sampleRate, Stream output)
    {
        var options = processes.Options;
        var encoders = options.EncodersPerFile > 0 ? options.EncodersPerFile : Environment.ProcessorCount;
        _processes = processes;
        _output = output;
        _sampleRate = sampleRate;
        _frame = new Mp3Frames(sampleRate).FrameSamples;
        _encoders = new SemaphoreSlim(encoders);
        _unwritten = new SemaphoreSlim(2 * encoders + 2);
        _partSeconds = options.FirstPartSeconds;
        _writing = WriteOutAsync();
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> pcm, CancellationToken ct)
    {
        _current ??= await BeginPartAsync(ct);
        if (_writing.IsFaulted) await _writing;
        _current.Write(pcm);
        _samples += pcm.Length / 2;
    }

    public async ValueTask WriteSilenceAsync(long samples, CancellationToken ct)
    {
        if (_current is { } part && part.Samples >= _partSeconds * _sampleRate && samples >= ShortestSeam)
        {
            var before = Mp3Frames.Delay + _frame;
            before += (int)((_frame - (part.Samples + before) % _frame) % _frame);
            await Silence.WriteAsync(before, WriteAsync, ct);
            part.Close(part.Samples / _frame);
            _current = null;
            _partSeconds = Math.Min(_partSeconds * 2, _processes.Options.LargestPartSeconds);
            samples -= before;
        }
        await Silence.WriteAsync(samples, WriteAsync, ct);
    }

    public async Task<EncodedAudio> CompleteAsync(CancellationToken ct)
    {
        _current?.Close();
        _parts.Writer.TryComplete();
        await _writing.WaitAsync(ct);
        return new EncodedAudio(_bytes, _samples, _sampleRate);
    }

    /// <summary>The delay, up to a frame to reach a frame border, one frame of overlap on either side.</summary>
    private int ShortestSeam => Mp3Frames.Delay + 3 * _frame;

    private async Task<Mp3Part> BeginPartAsync(CancellationToken ct)
    {
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(ct, _stop.Token))
        {
            try
            {
                await _unwritten.WaitAsync(either.Token);
                await _encoders.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (_writing.IsCompleted && !ct.IsCancellationRequested)
            {
                await _writing;
                throw;
            }
        }
        var part = new Mp3Part();
        var command = new FfmpegCommand(AudioFormat.Mp3, _sampleRate, LowLatency: _running.Count == 0);
        _running.Add(RunPartAsync(part, command));
        _parts.Writer.TryWrite(part);
        return part;
    }

    private async Task RunPartAsync(Mp3Part part, FfmpegCommand command)
    {
        await part.RunAsync(_processes, command, _stop.Token);
        _encoders.Release();
    }

    private async Task WriteOutAsync()
    {
        try
        {
            await foreach (var part in _parts.Reader.ReadAllAsync(_stop.Token))
            {
                await WriteOutAsync(part);
                _unwritten.Release();
            }
        }
        catch
        {
            // The producer may be waiting for room that will not come; it finds the reason in this task.
            _ = _stop.CancelAsync();
            throw;
        }
    }

    private async Task WriteOutAsync(Mp3Part part)
    {
        var frames = new Mp3Frames(_sampleRate);
        for (var ended = false; !ended;)
        {
            var read = await part.Frames.ReadAsync(_stop.Token);
            ended = read.IsCompleted;
            var bytes = read.Buffer.IsSingleSegment ? read.Buffer.First : read.Buffer.ToArray();
            var take = frames.Take(bytes.Span, part.Keep);
            await _output.WriteAsync(bytes[..take], _stop.Token);
            _bytes += take;
            var surplus = frames.Seen >= part.Keep;
            part.Frames.AdvanceTo(surplus ? read.Buffer.End : read.Buffer.GetPosition(take), read.Buffer.End);
        }
        await part.Frames.CompleteAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        try
        {
            await _writing;
        }
        catch
        {
            // Already reported to whoever wrote or completed, or nobody wants to know.
        }
        _stop.Dispose();
    }
}
