namespace AIMake.Providers;

/// <summary>A piece of sound in the order it is to be played.</summary>
/// <param name="Pcm">Signed 16-bit little-endian mono samples; always a whole number of samples, possibly none.</param>
/// <param name="SampleRate">Samples per second, the same for all chunks of one call.</param>
/// <param name="Usage">What the vendor counted; set on the last chunk only.</param>
internal sealed record SpeechChunk(ReadOnlyMemory<byte> Pcm, int SampleRate, SpeechUsage? Usage = null);

/// <summary>What one call consumed, as counted by the vendor or, failing that, by the adapter.</summary>
/// <param name="Characters">Unicode scalar values spoken.</param>
/// <param name="CostMicroUsd">What the vendor charges us, in millionths of a US dollar; null when it does not say.</param>
internal sealed record SpeechUsage(int Characters, long? CostMicroUsd);
