using AIMake.Platform.Processes;

namespace AIMake.Platform.Media;

/// <summary>
/// Runs an encoder's deadline only while the encoder is the one everybody waits for: it has input or an end to deal with, and
/// nobody keeps it from writing. A slow source or a slow listener is not its fault.
/// </summary>
internal sealed class StallGuard(ChildProcess child, TimeSpan patience)
{
    private readonly Lock _lock = new();
    private int _work;
    private int _blocked;

    public void BeginWork() => Change(work: +1, blocked: 0);

    public void EndWork() => Change(work: -1, blocked: 0);

    /// <summary>Output is waiting for its reader.</summary>
    public void BeginBlocked() => Change(work: 0, blocked: +1);

    public void EndBlocked() => Change(work: 0, blocked: -1);

    private void Change(int work, int blocked)
    {
        lock (_lock)
        {
            _work += work;
            _blocked += blocked;
            child.SetDeadline(_work > 0 && _blocked == 0 ? patience : null);
        }
    }
}
