using AIMake.Gateway.Idempotency;
using AIMake.Platform.Outbound;

namespace AIMake.Gateway.Audio;

/// <summary>Where sound goes: to the client, to the copy that is kept where one is, and into the account of what was delivered.</summary>
/// <param name="client">Left open.</param>
/// <param name="delivered">Called behind every piece that went out.</param>
internal sealed class SoundOut(Stream client, AnswerSpool? kept, Action delivered) : WriteOnlyPassage
{
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await client.WriteAsync(buffer, cancellationToken);
        kept?.Write(buffer.Span);
        delivered();
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => client.FlushAsync(cancellationToken);
}
