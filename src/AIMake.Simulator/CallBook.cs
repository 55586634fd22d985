using System.Text.Json.Serialization;

namespace AIMake.Simulator;

/// <summary>
/// The simulator's own account of what was asked of it, against which the caller's books are checked. Holds the latest calls,
/// so that a long run does not fill the memory.
/// </summary>
internal sealed class CallBook
{
    private const int MostCalls = 20_000;

    private readonly Lock _gate = new();
    private readonly Queue<BookedCall> _calls = [];
    private int _opened;

    public IReadOnlyList<BookedCall> Calls => After(0);

    /// <summary>How many calls there were since the last reset.</summary>
    public int Opened => Volatile.Read(ref _opened);

    /// <summary>Those that came later than a number.</summary>
    public IReadOnlyList<BookedCall> After(int number)
    {
        lock (_gate) return [.. _calls.Where(call => call.Number > number)];
    }

    /// <summary>Opens an entry. It is in the book from now on, whatever becomes of the call.</summary>
    public BookedCall Open(string method, string path, string? key)
    {
        lock (_gate)
        {
            var call = new BookedCall { Number = ++_opened, Method = method, Path = path, Key = key };
            _calls.Enqueue(call);
            if (_calls.Count > MostCalls) _calls.Dequeue();
            return call;
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _calls.Clear();
            _opened = 0;
        }
    }
}

/// <summary>One call as the simulator saw it.</summary>
internal sealed class BookedCall
{
    /// <summary>Order of arrival since the last reset, from 1.</summary>
    public required int Number { get; init; }

    public required string Method { get; init; }

    public required string Path { get; init; }

    /// <summary>The key as it came; null without one.</summary>
    public required string? Key { get; init; }

    /// <summary>The request body as it came; of one in parts, its fields and what its files are.</summary>
    public string? Body { get; set; }

    public string? Model { get; set; }

    public string? Voice { get; set; }

    /// <summary>Code points of the text to be spoken.</summary>
    public int Characters { get; set; }

    /// <summary>The id given to the caller in <c>x-request-id</c>.</summary>
    public string RequestId { get; set; } = "";

    /// <summary>HTTP status answered; 0 while none is.</summary>
    public int Status { get; set; }

    /// <summary>Bytes of sound, or of the answer's body, sent.</summary>
    public long Bytes { get; set; }

    public CallEnd End { get; set; }
}

/// <summary>How a call ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CallEnd>))]
internal enum CallEnd
{
    /// <summary>Not yet.</summary>
    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary>Answered in full, well or with an error.</summary>
    [JsonStringEnumMemberName("completed")]
    Completed,

    /// <summary>Cut off by a switch.</summary>
    [JsonStringEnumMemberName("cut")]
    Cut,

    /// <summary>The caller left first.</summary>
    [JsonStringEnumMemberName("callerGone")]
    CallerGone,
}
