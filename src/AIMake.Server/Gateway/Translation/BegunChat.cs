using AIMake.Providers;

namespace AIMake.Gateway.Translation;

/// <summary>
/// A seam's answer that has begun: its first delta is here. A reader that loses patience loses no delta; the next one finds it, so
/// that an answer can be read on after its client has left.
/// </summary>
internal sealed class BegunChat : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly IAsyncEnumerator<ChatDelta> _deltas;
    private Task<bool>? _next;

    private BegunChat(IChatProvider chat, ChatRequest request)
    {
        _deltas = chat.StreamAsync(request, _stop.Token).GetAsyncEnumerator(_stop.Token);
        _next = _deltas.MoveNextAsync().AsTask();
    }

    /// <summary>Asks, and waits for the first delta.</summary>
    /// <exception cref="ProviderException">The vendor failed before it, or said nothing at all.</exception>
    public static async Task<BegunChat> OpenAsync(IChatProvider chat, ChatRequest request, CancellationToken ct)
    {
        var begun = new BegunChat(chat, request);
        try
        {
            return await begun._next!.WaitAsync(ct) ? begun : throw ProviderFaults.Invalid("an answer without anything in it");
        }
        catch
        {
            begun.Dispose();
            throw;
        }
    }

    /// <summary>The next delta; null behind the last.</summary>
    public async ValueTask<ChatDelta?> NextAsync(CancellationToken ct)
    {
        _next ??= _deltas.MoveNextAsync().AsTask();
        var any = await _next.WaitAsync(ct);
        _next = null;
        return any ? _deltas.Current : null;
    }

    /// <summary>Hangs up; what the adapter still holds is let go as soon as it notices.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _ = EndAsync();
    }

    private async Task EndAsync()
    {
        try
        {
            await (_next ?? Task.CompletedTask);
        }
        catch (Exception e) when (e is OperationCanceledException or ProviderException or IOException)
        {
            // hung up on, as asked
        }
        finally
        {
            await _deltas.DisposeAsync();
            _stop.Dispose();
        }
    }
}
