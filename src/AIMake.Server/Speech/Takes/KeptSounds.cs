using AIMake.Platform.Storage;
using AIMake.Speech.Storage;

namespace AIMake.Speech.Takes;

/// <summary>
/// Reads kept segments. Neighbours in a text are neighbours in a pack, so a stretch of the file is read at once and serves the
/// next ones: a long text asks the store a few times, not once for each sentence. One caller at a time.
/// </summary>
internal sealed class KeptSounds(IFileStore files)
{
    private const int Stretch = 1 << 20;

    private string _key = "";
    private long _start;
    private ReadOnlyMemory<byte> _bytes;

    /// <returns>Null when the file is gone or shorter than its row says; the segment is then spoken anew.</returns>
    public async Task<SegmentSound?> ReadAsync(SegmentRow row, CancellationToken ct)
    {
        var length = row.Samples * 2;
        if (row.FileKey != _key || row.Position < _start || row.Position + length > _start + _bytes.Length)
        {
            if (await files.OpenAsync(row.FileKey, row.Position, Math.Max(Stretch, length), ct) is not { } stream)
            {
                return null;
            }

            await using (stream)
            {
                var buffer = new byte[Math.Max(Stretch, length)];
                var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
                (_key, _start, _bytes) = (row.FileKey, row.Position, buffer.AsMemory(0, read));
            }
        }

        var offset = (int)(row.Position - _start);
        return offset + length <= _bytes.Length
            ? new SegmentSound(_bytes.Slice(offset, length), row.SampleRate, Spoken: false, CostMicroUsd: null)
            : null;
    }
}
