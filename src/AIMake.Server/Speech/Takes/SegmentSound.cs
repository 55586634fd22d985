namespace AIMake.Speech.Takes;

/// <summary>The sound of one segment as its voice made it.</summary>
/// <param name="Pcm">16-bit little-endian mono samples.</param>
/// <param name="Spoken">True when it was spoken just now and is not yet kept.</param>
/// <param name="CostMicroUsd">What speaking it cost us, when the provider said so.</param>
internal sealed record SegmentSound(ReadOnlyMemory<byte> Pcm, int SampleRate, bool Spoken, long? CostMicroUsd)
{
    public int Samples => Pcm.Length / 2;
}
