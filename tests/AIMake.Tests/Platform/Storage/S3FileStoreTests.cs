using AIMake.Platform.Faults;
using AIMake.Platform.Settings;
using AIMake.Platform.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace AIMake.Tests.Platform.Storage;

public sealed class S3FileStoreTests : FileStoreContract, IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aimake-s3-").FullName;
    private FaultyBucket _bucket = null!;
    private S3FileStore _store = null!;

    private protected override IFileStore Store => _store;

    public async ValueTask InitializeAsync()
    {
        _bucket = await FaultyBucket.StartAsync();
        _store = Create(_bucket.Address.ToString(), TimeSpan.FromSeconds(20));
    }

    public async ValueTask DisposeAsync()
    {
        // R2 refuses chunked signatures outright, so no test may ever have sent one.
        Assert.DoesNotContain(_bucket.Book, sent => sent.BodyDigest?.StartsWith("STREAMING-", StringComparison.Ordinal) == true);
        _store.Dispose();
        await _bucket.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private protected override async Task ListingAsync()
    {
        await _bucket.DisposeAsync();
        _store.Dispose();
        _bucket = await FaultyBucket.StartAsync(lenient: true);
        _store = Create(_bucket.Address.ToString(), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_bucket_that_asks_to_slow_down_is_asked_again()
    {
        _bucket.NextSlowDown();
        var (file, bytes) = await StoreAsync(5_000);

        _bucket.NextSlowDown();
        Assert.Equal(bytes, await ReadAsync(file));
    }

    [Fact]
    public async Task A_put_whose_answer_is_lost_is_repeated_to_the_same_key()
    {
        var key = NewKey();
        _bucket.NextLostAnswer();

        var (file, bytes) = await StoreAsync(5_000, key);

        Assert.Equal(bytes, await ReadAsync(file));
        Assert.Equal(2, _bucket.Book.Count(sent => sent.Method == "PUT" && sent.Path.EndsWith(key, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_tag_of_other_bytes_makes_it_send_again()
    {
        _bucket.NextWrongTag();

        var (file, bytes) = await StoreAsync(5_000);

        Assert.Equal(bytes, await ReadAsync(file));
        Assert.Equal(2, _bucket.Book.Count(sent => sent.Method == "PUT"));
    }

    [Fact]
    public async Task A_download_that_is_cut_goes_on_where_it_broke_off()
    {
        var (file, bytes) = await StoreAsync(2_000_000);
        _bucket.NextCut();
        _bucket.NextCut();

        Assert.Equal(bytes, await ReadAsync(file));
    }

    [Fact]
    public async Task A_bucket_that_hands_out_other_bytes_is_noticed()
    {
        var (file, _) = await StoreAsync(5_000);
        _bucket.NextCorrupt();

        await Assert.ThrowsAsync<IOException>(() => ReadAsync(file));
    }

    [Fact]
    public async Task A_bucket_that_is_away_is_a_fault_that_says_so()
    {
        using var away = Create("http://127.0.0.1:1", TimeSpan.FromSeconds(2));
        var path = away.NewTempPath();
        await File.WriteAllBytesAsync(path, [1]);

        var fault = await Assert.ThrowsAsync<FaultException>(() => away.PutAsync(NewKey(), path, "audio/mpeg", CancellationToken.None));

        Assert.Equal(FaultCodes.StorageUnavailable, fault.Fault.Code);
        Assert.True(File.Exists(path)); // not lost: the work can be tried again
    }

    [Fact]
    public async Task Wrong_credentials_are_a_fault_that_names_no_secret()
    {
        using var stranger = Create(_bucket.Address.ToString(), TimeSpan.FromSeconds(5), secret: "not-the-secret");

        var fault = await Assert.ThrowsAsync<FaultException>(() => stranger.OpenAsync(NewKey(), 0, null, CancellationToken.None));

        Assert.Equal(FaultCodes.StorageUnavailable, fault.Fault.Code);
        Assert.DoesNotContain("not-the-secret", fault.ToString(), StringComparison.Ordinal);
    }

    private S3FileStore Create(string endpoint, TimeSpan timeout, string secret = S3Server.Key) => new(
        new StorageOptions
        {
            S3 = new() { Endpoint = endpoint, Bucket = S3Server.Bucket, AccessKey = S3Server.Key, SecretKey = secret },
            S3Timeout = timeout,
        },
        new DataFolder(new ServerOptions { Data = _folder }),
        NullLogger<S3FileStore>.Instance);
}
