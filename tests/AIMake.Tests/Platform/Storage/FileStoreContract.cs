using System.Security.Cryptography;
using AIMake.Platform.Storage;

namespace AIMake.Tests.Platform.Storage;

/// <summary>What every store must do; each store's tests inherit it.</summary>
public abstract class FileStoreContract
{
    private protected abstract IFileStore Store { get; }

    private protected static string NewKey(string prefix = "audio") => $"{prefix}/{Guid.NewGuid():N}.mp3";

    private protected async Task<(StoredFile File, byte[] Bytes)> StoreAsync(int length, string? key = null)
    {
        var bytes = RandomNumberGenerator.GetBytes(length);
        var path = Store.NewTempPath();
        await File.WriteAllBytesAsync(path, bytes);
        var file = await Store.PutAsync(key ?? NewKey(), path, "audio/mpeg", CancellationToken.None);
        Assert.False(File.Exists(path));
        return (file, bytes);
    }

    private protected async Task<byte[]> ReadAsync(StoredFile file)
    {
        await using var stream = new StoredFileStream(Store, file, CancellationToken.None);
        using var memory = new MemoryStream();
        await stream.CopyToAsync(memory);
        return memory.ToArray();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300_000)]
    [InlineData(9_000_000)]
    public async Task What_was_stored_comes_back_with_its_length_and_digest(int length)
    {
        var (file, bytes) = await StoreAsync(length);

        Assert.Equal((length, Convert.ToHexStringLower(SHA256.HashData(bytes))), (file.Bytes, file.Sha256));
        Assert.Equal(bytes, await ReadAsync(file));
    }

    [Fact]
    public async Task A_part_comes_back_from_where_it_was_asked()
    {
        var (file, bytes) = await StoreAsync(10_000);

        await using var part = await Store.OpenAsync(file.Key, 2_000, 500, CancellationToken.None);
        using var memory = new MemoryStream();
        await part!.CopyToAsync(memory);
        Assert.Equal(bytes[2_000..2_500], memory.ToArray());

        await using var tail = await Store.OpenAsync(file.Key, 9_990, null, CancellationToken.None);
        using var rest = new MemoryStream();
        await tail!.CopyToAsync(rest);
        Assert.Equal(bytes[9_990..], rest.ToArray());
    }

    [Fact]
    public async Task What_was_never_stored_is_null_and_deleting_it_does_nothing()
    {
        Assert.Null(await Store.OpenAsync(NewKey(), 0, null, CancellationToken.None));
        await Store.DeleteAsync(NewKey(), CancellationToken.None);
    }

    [Fact]
    public async Task What_was_deleted_is_gone()
    {
        var (file, _) = await StoreAsync(10);

        await Store.DeleteAsync(file.Key, CancellationToken.None);

        Assert.Null(await Store.OpenAsync(file.Key, 0, null, CancellationToken.None));
    }

    [Fact]
    public async Task Storing_again_under_the_same_key_leaves_one_whole_file()
    {
        var key = NewKey();
        await StoreAsync(50_000, key);
        var (file, bytes) = await StoreAsync(40_000, key);

        Assert.Equal(bytes, await ReadAsync(file));
    }

    [Fact]
    public async Task The_inventory_names_what_is_there_under_a_prefix()
    {
        await ListingAsync();
        var prefix = $"p{Guid.NewGuid():N}";
        var key = NewKey(prefix);
        await StoreAsync(10, key);
        await StoreAsync(10);

        var found = new List<string>();
        await foreach (var (name, writtenAt) in ((IFileInventory)Store).ListAsync(prefix + "/", CancellationToken.None))
        {
            found.Add(name);
            Assert.InRange(writtenAt, TimeProvider.System.GetUtcNow().AddMinutes(-5), TimeProvider.System.GetUtcNow().AddMinutes(5));
        }

        Assert.Equal([key], found);
    }

    /// <summary>Prepares the store for listing, where the stand-in needs that.</summary>
    private protected virtual Task ListingAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b")]
    [InlineData("..\\x")]
    [InlineData("%2e%2e/x")]
    [InlineData("a\0b")]
    [InlineData("a//b")]
    [InlineData(".hidden")]
    [InlineData("a/.b")]
    [InlineData("a/b..c")]
    [InlineData("")]
    [InlineData("Upper")]
    [InlineData("空")]
    [InlineData("a\u202Eb")]
    public async Task A_name_that_is_not_ours_is_refused_before_anything_is_touched(string key)
    {
        var path = Store.NewTempPath();
        await File.WriteAllBytesAsync(path, [1]);

        await Assert.ThrowsAsync<ArgumentException>(() => Store.PutAsync(key, path, "audio/mpeg", CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.OpenAsync(key, 0, null, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.DeleteAsync(key, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.OpenAsync(new string('a', 4_000), 0, null, CancellationToken.None));
        File.Delete(path);
    }
}
