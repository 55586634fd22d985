using AIMake.Platform.Faults;
using AIMake.Platform.Settings;
using AIMake.Platform.Storage;

namespace AIMake.Tests.Platform.Storage;

public sealed class LocalFileStoreTests : FileStoreContract, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aimake-store-").FullName;
    private readonly LocalFileStore _store;

    public LocalFileStoreTests() => _store = Create(new StorageOptions());

    private protected override IFileStore Store => _store;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_file_spooled_elsewhere_is_taken_in()
    {
        var path = Path.GetTempFileName();
        await File.WriteAllBytesAsync(path, [1, 2, 3]);

        var file = await _store.PutAsync(NewKey(), path, "audio/mpeg", CancellationToken.None);

        Assert.Equal([1, 2, 3], await ReadAsync(file));
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task A_disk_with_too_little_room_refuses_new_work_and_still_reads()
    {
        var (file, bytes) = await StoreAsync(1_000);
        var full = Create(new StorageOptions { MinimumFreeBytes = long.MaxValue });
        var path = full.NewTempPath();
        await File.WriteAllBytesAsync(path, [1]);

        var refused = await Assert.ThrowsAsync<FaultException>(() => full.PutAsync(NewKey(), path, "audio/mpeg", CancellationToken.None));

        Assert.Equal(FaultCodes.StorageFull, refused.Fault.Code);
        Assert.Equal(bytes, await ReadAsync(file));
    }

    [Fact]
    public async Task Bytes_that_rotted_are_not_handed_out_as_whole()
    {
        var (file, bytes) = await StoreAsync(100_000);
        bytes[50_000] ^= 1;
        await File.WriteAllBytesAsync(Path.Combine(_folder, "media", file.Key), bytes);

        await Assert.ThrowsAsync<IOException>(() => ReadAsync(file));
    }

    [Fact]
    public async Task A_file_shorter_than_its_row_says_is_noticed()
    {
        var (file, bytes) = await StoreAsync(100_000);
        await File.WriteAllBytesAsync(Path.Combine(_folder, "media", file.Key), bytes[..99_999]);

        await Assert.ThrowsAsync<IOException>(() => ReadAsync(file));
    }

    [Fact]
    public void Only_this_user_may_enter_the_folder_of_media() =>
        Assert.Equal((UnixFileMode)0b111_000_000, new DirectoryInfo(Path.Combine(_folder, "media")).UnixFileMode);

    private LocalFileStore Create(StorageOptions options) => new(new DataFolder(new ServerOptions { Data = _folder }), options);
}
