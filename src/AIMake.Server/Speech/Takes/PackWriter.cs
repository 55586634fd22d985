using AIMake.Platform.Storage;
using AIMake.Speech.Storage;
using AIMake.Speech.Text;

namespace AIMake.Speech.Takes;

/// <summary>Gathers spoken segments in a spool file until they are enough for a pack. One caller at a time.</summary>
internal sealed class PackWriter(IFileStore files, Guid userId, int segmentsPerPack) : IDisposable
{
    /// <summary>A pack is also full at this size, whatever the number of segments.</summary>
    private const long MaxBytes = 32 << 20;

    private readonly List<PackedSegment> _segments = [];
    private FileStream? _spool;
    private string _path = "";
    private int _sampleRate;

    public bool IsFull => _segments.Count >= segmentsPerPack || _spool?.Position >= MaxBytes;

    public bool IsEmpty => _segments.Count == 0;

    public async ValueTask AddAsync(SegmentDigest digest, SegmentSound sound, CancellationToken ct)
    {
        if (_spool is null)
        {
            _path = files.NewTempPath();
            _spool = new FileStream(_path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 128 * 1024);
            _sampleRate = sound.SampleRate;
        }

        _segments.Add(new PackedSegment(digest, _spool.Position, sound.Samples));
        await _spool.WriteAsync(sound.Pcm, ct);
    }

    /// <summary>Ends the pack and hands it out to be stored; the writer is empty again.</summary>
    public SpooledPack Take()
    {
        var id = Guid.CreateVersion7();
        var pack = new NewPack(id, $"{PackFiles.Folder}{userId:N}/{id:N}.pcm", _spool!.Position, _sampleRate, [.. _segments]);
        _spool.Dispose();
        _spool = null;
        _segments.Clear();
        return new SpooledPack(pack, _path);
    }

    public void Dispose()
    {
        if (_spool is not null)
        {
            _spool.Dispose();
            File.Delete(_path);
        }
    }
}

/// <summary>A pack that is still a local file.</summary>
internal sealed record SpooledPack(NewPack Pack, string Path)
{
    /// <summary>After this the bytes are durable and rows may name them.</summary>
    public Task StoreAsync(IFileStore files, CancellationToken ct) => files.PutAsync(Pack.FileKey, Path, "application/octet-stream", ct);

    public IEnumerable<(SegmentDigest, SegmentRow)> Rows => Pack.Segments.Select(s => (s.Digest, new SegmentRow
    {
        PackId = Pack.Id,
        FileKey = Pack.FileKey,
        Position = s.Position,
        Samples = s.Samples,
        SampleRate = Pack.SampleRate,
    }));
}
