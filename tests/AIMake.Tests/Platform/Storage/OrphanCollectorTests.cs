using AIMake.Platform.Settings;
using AIMake.Platform.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace AIMake.Tests.Platform.Storage;

public sealed class OrphanCollectorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aimake-orphans-").FullName;
    private readonly DataFolder _data;
    private readonly LocalFileStore _store;

    public OrphanCollectorTests()
    {
        _data = new DataFolder(new ServerOptions { Data = _folder });
        _store = new LocalFileStore(_data, new StorageOptions());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Only_files_that_are_old_under_an_owner_and_named_by_no_row_are_removed()
    {
        await PutAsync("audio/named.mp3", daysOld: 3);
        await PutAsync("audio/orphan.mp3", daysOld: 3);
        await PutAsync("audio/fresh.mp3", daysOld: 0);
        await PutAsync("elsewhere/unknown.mp3", daysOld: 300);

        await Collector().RunOnceAsync(CancellationToken.None);

        Assert.NotNull(await OpenAsync("audio/named.mp3"));
        Assert.Null(await OpenAsync("audio/orphan.mp3"));
        Assert.NotNull(await OpenAsync("audio/fresh.mp3"));
        Assert.NotNull(await OpenAsync("elsewhere/unknown.mp3"));
    }

    [Fact]
    public async Task What_was_spooled_and_never_finished_is_removed_after_hours()
    {
        var (old, fresh) = (_store.NewTempPath(), _store.NewTempPath());
        await File.WriteAllBytesAsync(old, [1]);
        await File.WriteAllBytesAsync(fresh, [1]);
        File.SetLastWriteTimeUtc(old, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-7));

        await Collector().RunOnceAsync(CancellationToken.None);

        Assert.False(File.Exists(old));
        Assert.True(File.Exists(fresh));
    }

    private OrphanCollector Collector() => new(
        _store, _store, [new Owner()], new StorageOptions(), _data, TimeProvider.System, NullLogger<OrphanCollector>.Instance);

    private async Task PutAsync(string key, int daysOld)
    {
        var path = _store.NewTempPath();
        await File.WriteAllBytesAsync(path, [1]);
        await _store.PutAsync(key, path, "audio/mpeg", CancellationToken.None);
        File.SetLastWriteTimeUtc(Path.Combine(_folder, "media", key), TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-daysOld));
    }

    private async Task<object?> OpenAsync(string key)
    {
        var stream = await _store.OpenAsync(key, 0, null, CancellationToken.None);
        stream?.Dispose();
        return stream;
    }

    private sealed class Owner : IFileOwner
    {
        public string Prefix => "audio/";

        public Task<IReadOnlyCollection<string>> FindNamedAsync(IReadOnlyList<string> keys, CancellationToken ct) =>
            Task.FromResult<IReadOnlyCollection<string>>([.. keys.Where(k => k == "audio/named.mp3")]);
    }
}
