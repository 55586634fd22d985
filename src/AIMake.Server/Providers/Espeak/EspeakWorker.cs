using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using AIMake.Platform.Processes;

namespace AIMake.Providers.Espeak;

/// <summary>
/// Our end of one worker process. One request at a time; after any failure it is no longer <see cref="Usable"/> and must be
/// disposed. After an answer left half read it can be made usable again, see <see cref="RecoverAsync"/>.
/// </summary>
internal sealed class EspeakWorker : IAsyncDisposable
{
    private readonly ChildProcess _child;
    private readonly TimeSpan _stall;
    private readonly byte[] _header = new byte[EspeakProtocol.HeaderLength];
    private Task<(byte Kind, byte[] Payload)>? _reading;
    private bool _failed;

    private EspeakWorker(ChildProcess child, TimeSpan stall)
    {
        _child = child;
        _stall = stall;
    }

    public int ProcessId => _child.Id;

    /// <summary>Samples per second of everything it speaks.</summary>
    public int SampleRate { get; private set; }

    public string EngineVersion { get; private set; } = "";

    public int Requests { get; private set; }

    public long Characters { get; private set; }

    public bool Usable { get; private set; } = true;

    public bool HasExited => _child.Exit.IsCompleted;

    public static async Task<EspeakWorker> StartAsync(ChildProcesses children, EspeakOptions options, CancellationToken ct)
    {
        ChildProcess child;
        try
        {
            child = await children.StartAsync(EspeakWorkerCommand.Build(options), CancellationToken.None);
        }
        catch (ChildProcessException e)
        {
            throw EspeakFaults.CannotStart(e.Message, e);
        }

        var worker = new EspeakWorker(child, options.StartTimeout);
        try
        {
            var (kind, payload) = await worker.ReadFrameAsync(ct);
            if (kind != EspeakProtocol.Hello || payload.Length < 4) throw new InvalidDataException("The worker did not greet.");
            var ready = new EspeakWorker(child, options.StallTimeout)
            {
                SampleRate = BinaryPrimitives.ReadInt32LittleEndian(payload),
                EngineVersion = Encoding.UTF8.GetString(payload.AsSpan(4)),
            };
            return ready;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or TimeoutException)
        {
            var exit = await child.EndAsync();
            await child.DisposeAsync();
            throw EspeakFaults.CannotStart(exit.ToString(), e);
        }
        catch (OperationCanceledException)
        {
            await child.DisposeAsync();
            throw;
        }
    }

    /// <summary>The samples of one text, as the engine makes them.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(
        string voice, int wordsPerMinute, string text, [EnumeratorCancellation] CancellationToken ct)
    {
        Usable = false;
        Requests++;
        Characters += text.Length;
        var begun = false;
        await SendAsync(EspeakProtocol.EncodeSpeak(voice, wordsPerMinute, text), ct);
        while (true)
        {
            var (kind, payload) = await NextAsync(begun, ct);
            switch (kind)
            {
                case EspeakProtocol.Pcm:
                    begun = true;
                    yield return payload;
                    break;
                case EspeakProtocol.End:
                    Usable = true;
                    yield break;
                case EspeakProtocol.Error when Encoding.ASCII.GetString(payload) == EspeakProtocol.ErrorVoice:
                    Usable = true;
                    throw EspeakFaults.UnknownVoice();
                default:
                    _failed = true;
                    throw EspeakFaults.Broken(begun, $"frame {kind}");
            }
        }
    }

    /// <summary>
    /// Reads the rest of an answer that its listener left, so that the process can be used again: a sentence takes the engine
    /// a few milliseconds, a new process fifty times as long.
    /// </summary>
    /// <returns>Whether the worker is <see cref="Usable"/> again.</returns>
    public async Task<bool> RecoverAsync(CancellationToken ct)
    {
        if (Usable || _failed) return Usable;
        try
        {
            while (!Usable)
            {
                var (kind, _) = await NextAsync(begun: true, ct);
                if (kind is not (EspeakProtocol.Pcm or EspeakProtocol.End or EspeakProtocol.Error)) return false;
                Usable = kind is not EspeakProtocol.Pcm;
            }
        }
        catch (Exception e) when (e is ProviderException or OperationCanceledException)
        {
            return false;
        }
        return true;
    }

    /// <summary>Every voice the engine has.</summary>
    public async Task<IReadOnlyList<EspeakEngineVoice>> ListVoicesAsync(CancellationToken ct)
    {
        Usable = false;
        var request = new byte[EspeakProtocol.HeaderLength];
        EspeakProtocol.WriteHeader(request, EspeakProtocol.ListVoices, 0);
        await SendAsync(request, ct);
        var (kind, payload) = await NextAsync(begun: false, ct);
        if (kind != EspeakProtocol.Voices)
        {
            _failed = true;
            throw EspeakFaults.Broken(false, $"frame {kind}");
        }
        Usable = true;
        return JsonSerializer.Deserialize<List<EspeakEngineVoice>>(payload)!;
    }

    private async Task SendAsync(byte[] frame, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(_stall);
        try
        {
            await _child.Input.WriteAsync(frame, patience.Token);
        }
        catch (IOException e)
        {
            _failed = true;
            throw await GoneAsync(begun: false, e);
        }
        catch (OperationCanceledException) // half a request may be written: nothing sensible can follow
        {
            _failed = true;
            if (ct.IsCancellationRequested) throw;
            throw EspeakFaults.Hung(begun: false);
        }
    }

    private async ValueTask<(byte Kind, byte[] Payload)> NextAsync(bool begun, CancellationToken ct)
    {
        try
        {
            // A listener may leave in the middle of a frame; the reading of it goes on, or the next would begin inside it.
            _reading ??= ReadFrameAsync(CancellationToken.None).AsTask();
            var frame = await _reading.WaitAsync(ct);
            _reading = null;
            return frame;
        }
        catch (IOException e)
        {
            _failed = true;
            throw await GoneAsync(begun, e);
        }
        catch (InvalidDataException e)
        {
            _failed = true;
            throw EspeakFaults.Broken(begun, e.Message);
        }
        catch (TimeoutException)
        {
            _failed = true;
            throw EspeakFaults.Hung(begun);
        }
    }

    private async ValueTask<(byte Kind, byte[] Payload)> ReadFrameAsync(CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(_stall);
        try
        {
            await _child.Output.ReadExactlyAsync(_header, patience.Token);
            var (kind, length) = EspeakProtocol.ReadHeader(_header);
            var payload = new byte[length];
            await _child.Output.ReadExactlyAsync(payload, patience.Token);
            return (kind, payload);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException();
        }
    }

    private async Task<ProviderException> GoneAsync(bool begun, Exception cause)
    {
        var exit = await _child.EndAsync();
        return EspeakFaults.Crashed(begun, exit.ToString(), cause);
    }

    public async ValueTask DisposeAsync()
    {
        Usable = false;
        await _child.DisposeAsync();
        if (_reading is not null) await _reading.ContinueWith(static left => left.Exception, TaskScheduler.Default); // observed, whatever it was
    }
}
