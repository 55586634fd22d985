namespace AIMake.Providers.Espeak;

/// <summary>Writes frames to the server. Samples are gathered into larger frames, except the first ones, which go at once.</summary>
internal sealed class EspeakFrameWriter(Stream output)
{
    private readonly byte[] _buffer = new byte[EspeakProtocol.HeaderLength + 32 * 1024];
    private int _filled;
    private bool _begun;

    /// <summary>Forgets the request before: the next samples are again the first.</summary>
    public void Begin() => (_filled, _begun) = (0, false);

    public void Samples(ReadOnlySpan<byte> pcm)
    {
        while (!pcm.IsEmpty)
        {
            var room = _buffer.AsSpan(EspeakProtocol.HeaderLength + _filled);
            var take = Math.Min(room.Length, pcm.Length);
            pcm[..take].CopyTo(room);
            pcm = pcm[take..];
            _filled += take;
            if (take == room.Length || !_begun) FlushSamples();
        }
    }

    public void FlushSamples()
    {
        if (_filled == 0) return;
        EspeakProtocol.WriteHeader(_buffer, EspeakProtocol.Pcm, _filled);
        output.Write(_buffer, 0, EspeakProtocol.HeaderLength + _filled);
        _filled = 0;
        _begun = true;
    }

    public void Frame(byte kind, ReadOnlySpan<byte> payload)
    {
        FlushSamples();
        var frame = new byte[EspeakProtocol.HeaderLength + payload.Length];
        EspeakProtocol.WriteHeader(frame, kind, payload.Length);
        payload.CopyTo(frame.AsSpan(EspeakProtocol.HeaderLength));
        output.Write(frame);
    }
}
