using System.Buffers;
using System.Runtime.CompilerServices;
using AIMake.Platform.Outbound;

namespace AIMake.Providers.OpenAi;

/// <summary>
/// Reads a stream of server-sent events as the vendors really write them: lines end in LF, CR or CR LF, comments and fields
/// nobody knows are skipped, <c>data</c> lines are joined, what is pending at the end counts, <c>[DONE]</c> is the last. Old
/// model servers report a failure in an <c>error:</c> line; it is handed out as an event of that name. Works on bytes, so that
/// a character cut in two between reads is no matter. One reader, one caller; allocates nothing for each event.
/// </summary>
/// <param name="stream">Left open.</param>
/// <param name="longestEvent">Bytes of one event; a longer one is refused before it fills the memory.</param>
internal sealed class SseReader(Stream stream, int longestEvent = SseReader.LongestEvent) : IDisposable
{
    /// <summary>1 MiB. Pictures in events are larger and need their own limit.</summary>
    public const int LongestEvent = 1 << 20;

    private static readonly ReadOnlyMemory<byte> ErrorName = "error"u8.ToArray();

    private readonly ArrayBufferWriter<byte> _joined = new();
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);

    // Places in the buffer: where the present event and the present line begin, how far line ends were looked for, the end.
    private int _start;
    private int _line;
    private int _scanned;
    private int _end;

    // What the present event has so far, as places behind its beginning.
    private (int At, int Length) _data;
    private (int At, int Length) _name;
    private int _dataLines;
    private bool _failed;

    private bool _afterCr;
    private bool _begun;
    private bool _firstLine = true;
    private bool _ended;
    private bool _over;

    /// <summary>The next event, or null when there is none. Its memory is good until the next call.</summary>
    /// <exception cref="ProviderException">The stream broke, fell silent, or sent an event without end.</exception>
    public ValueTask<SseEvent?> ReadAsync(CancellationToken ct) =>
        TryNext(out var next) ? ValueTask.FromResult(next) : FillAndReadAsync(ct);

    public void Dispose()
    {
        if (_buffer.Length == 0) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _over = true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<SseEvent?> FillAndReadAsync(CancellationToken ct)
    {
        while (true)
        {
            await FillAsync(ct);
            if (TryNext(out var next)) return next;
        }
    }

    /// <summary>False when it takes more bytes to tell.</summary>
    private bool TryNext(out SseEvent? next)
    {
        next = null;
        if (_over) return true;
        if (TryTake(out var taken))
        {
            next = taken;
            _begun = true;
            _over = taken.IsDone;
            return true;
        }
        _over = _ended;
        return _over;
    }

    private bool TryTake(out SseEvent taken)
    {
        while (TryLine(out var line))
        {
            if (line.Length > 0) ReadField(line);
            else if (TryEnd(out taken)) return true;
        }
        if (_ended && _line < _end)
        {
            var rest = (_line, _end - _line);
            _line = _scanned = _end;
            ReadField(rest);
        }
        taken = default;
        return _ended && TryEnd(out taken);
    }

    /// <summary>The next whole line: its place in the buffer and its length without the end.</summary>
    private bool TryLine(out (int At, int Length) line)
    {
        if (_afterCr && _line < _end)
        {
            _afterCr = false;
            if (_buffer[_line] == '\n') _scanned = Math.Max(_scanned, ++_line); // the LF of a CR LF that came in two reads
        }
        var at = _buffer.AsSpan(_scanned.._end).IndexOfAny((byte)'\r', (byte)'\n');
        if (at < 0)
        {
            _scanned = _end;
            line = default;
            return false;
        }
        at += _scanned;
        line = (_line, at - _line);
        var next = at + 1;
        if (_buffer[at] == '\r')
        {
            // An LF may still be on its way; the line is over all the same, and must not wait for it.
            _afterCr = next == _end;
            if (next < _end && _buffer[next] == '\n') next++;
        }
        _line = _scanned = next;
        return true;
    }

    private void ReadField((int At, int Length) place)
    {
        var at = place.At - _start;
        ReadOnlySpan<byte> line = _buffer.AsSpan(place.At, place.Length);
        if (_firstLine && line.StartsWith("\uFEFF"u8))
        {
            line = line[3..];
            at += 3;
        }
        _firstLine = false;
        var colon = line.IndexOf((byte)':');
        if (colon == 0)
        {
            if (IsEmpty) _start = _line; // a heartbeat between events is not part of one
            return;
        }
        var name = colon < 0 ? line : line[..colon];
        var from = colon < 0 ? line.Length : colon + 1;
        if (from < line.Length && line[from] == ' ') from++;
        var value = (At: at + from, Length: line.Length - from);
        if (name.SequenceEqual("data"u8)) AddData(value);
        else if (name.SequenceEqual("event"u8)) _name = value;
        else if (name.SequenceEqual("error"u8))
        {
            _failed = true;
            AddData(value);
        }
    }

    private bool IsEmpty => _dataLines == 0 && _name.Length == 0;

    private void AddData((int At, int Length) value)
    {
        if (_dataLines == 1)
        {
            _joined.ResetWrittenCount();
            _joined.Write(_buffer.AsSpan(_start + _data.At, _data.Length));
        }
        if (_dataLines > 0)
        {
            _joined.Write("\n"u8);
            _joined.Write(_buffer.AsSpan(_start + value.At, value.Length));
        }
        _data = value;
        _dataLines++;
    }

    /// <summary>Closes the present event; false when it holds nothing.</summary>
    private bool TryEnd(out SseEvent ended)
    {
        var some = !IsEmpty;
        ended = some
            ? new SseEvent(
                _failed ? ErrorName : _buffer.AsMemory(_start + _name.At, _name.Length),
                _dataLines > 1 ? _joined.WrittenMemory : _buffer.AsMemory(_start + _data.At, _data.Length),
                _buffer.AsMemory(_start.._line))
            : default;
        _start = _line;
        (_name, _data, _dataLines, _failed) = (default, default, 0, false);
        return some;
    }

    private async ValueTask FillAsync(CancellationToken ct)
    {
        MakeRoom();
        int read;
        try
        {
            read = await stream.ReadAsync(_buffer.AsMemory(_end), ct);
        }
        catch (OutboundException e)
        {
            throw ProviderFaults.From(e, _begun);
        }
        _end += read;
        _ended = read == 0;
    }

    /// <summary>Moves the present event to the front, and takes a larger buffer when it fills this one.</summary>
    private void MakeRoom()
    {
        if (_end - _start >= longestEvent) throw ProviderFaults.Invalid($"an event of more than {longestEvent} bytes");
        if (_start == 0 && _end < _buffer.Length) return;
        var (from, length) = (_start, _end - _start);
        var target = length < _buffer.Length ? _buffer : ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(from, length).CopyTo(target);
        if (!ReferenceEquals(target, _buffer))
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = target;
        }
        (_start, _line, _scanned, _end) = (0, _line - from, _scanned - from, length);
    }
}

/// <summary>One server-sent event.</summary>
/// <param name="Name">Of its <c>event</c> line; empty without one.</param>
/// <param name="Data">Its <c>data</c> lines, joined by LF.</param>
/// <param name="Raw">The event as it came, with its closing blank line where it had one: what a gateway forwards.</param>
internal readonly record struct SseEvent(ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Data, ReadOnlyMemory<byte> Raw)
{
    /// <summary>The closing word of most of OpenAI's streams.</summary>
    public bool IsDone => Data.Span.StartsWith("[DONE]"u8);

    /// <summary>An event that calls itself an error. A payload with an <c>error</c> member is one too; that takes reading it.</summary>
    public bool IsError => Name.Span.SequenceEqual("error"u8);
}
