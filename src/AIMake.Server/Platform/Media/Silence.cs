namespace AIMake.Platform.Media;

internal static class Silence
{
    private static readonly byte[] Zeros = new byte[64 * 1024];

    /// <summary>Writes so many zero samples in blocks of shared memory.</summary>
    public static async ValueTask WriteAsync(
        long samples, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> write, CancellationToken ct)
    {
        for (var left = samples * 2; left > 0; left -= Zeros.Length)
            await write(Zeros.AsMemory(0, (int)Math.Min(left, Zeros.Length)), ct);
    }
}
