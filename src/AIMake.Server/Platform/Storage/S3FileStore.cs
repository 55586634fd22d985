using System.Net;
using System.Runtime.CompilerServices;
using AIMake.Platform.Faults;
using AIMake.Platform.Settings;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace AIMake.Platform.Storage;

/// <summary>
/// Files in an S3-compatible bucket. Requests keep to what AWS, Cloudflare R2 and MinIO all accept: path style, one PUT,
/// plain bodies (never the chunked signatures that R2 refuses), Content-MD5 checked by the bucket, entity tag and length
/// checked by us. A PUT that failed or whose answer was lost is repeated to the same key, which changes nothing.
/// </summary>
internal sealed class S3FileStore : IFileStore, IFileInventory, IDisposable
{
    private readonly AmazonS3Client _s3;
    private readonly string _bucket;
    private readonly bool _tls;
    private readonly string _temp;
    private readonly ILogger _log;

    public S3FileStore(StorageOptions options, DataFolder data, ILogger<S3FileStore> log)
    {
        var s3 = options.S3;
        _bucket = s3.Bucket!;
        _tls = s3.Endpoint!.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        _temp = data.Private("spool");
        _log = log;
        _s3 = new AmazonS3Client(new BasicAWSCredentials(s3.AccessKey, s3.SecretKey), new AmazonS3Config
        {
            ServiceURL = s3.Endpoint,
            ForcePathStyle = true,
            AuthenticationRegion = s3.Region,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = 3,
            Timeout = options.S3Timeout,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            AllowAutoRedirect = false,
            HttpClientFactory = new Direct(),
        });
    }

    public string NewTempPath() => Path.Combine(_temp, Guid.CreateVersion7().ToString("N"));

    public async Task<StoredFile> PutAsync(string key, string path, string contentType, CancellationToken ct)
    {
        FileKeys.Check(key);
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024, FileOptions.Asynchronous);
        var digest = await FileDigest.OfAsync(file, withMd5: true, ct);
        for (var attempt = 1; ; attempt++)
        {
            file.Position = 0;
            var reply = await TryAsync(() => _s3.PutObjectAsync(Request(key, file, contentType, digest), ct));
            if (IsSame(reply!.ETag, digest.Md5))
            {
                break;
            }

            S3Log.WrongTag(_log, key, attempt);
            if (attempt == 3)
            {
                throw new IOException("The bucket keeps answering that it stored other bytes than were sent.");
            }
        }

        File.Delete(path);
        return new(key, digest.Bytes, digest.Sha256);
    }

    public async Task<Stream?> OpenAsync(string key, long offset, long? length, CancellationToken ct)
    {
        FileKeys.Check(key);
        if (length == 0)
        {
            return Stream.Null;
        }

        var first = await GetAsync(key, offset, length, ct);
        return first is null ? null : new ResumingStream(first.Value, (at, left) => GetAsync(key, offset + at, left, ct), S3Log.Resumed(_log, key));
    }

    public async Task DeleteAsync(string key, CancellationToken ct) =>
        await TryAsync(() => _s3.DeleteObjectAsync(new DeleteObjectRequest { BucketName = _bucket, Key = FileKeys.Check(key) }, ct));

    public async IAsyncEnumerable<(string Key, DateTimeOffset WrittenAt)> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken ct)
    {
        string? next = null;
        do
        {
            var page = await TryAsync(() => _s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _bucket, Prefix = prefix, ContinuationToken = next }, ct));
            foreach (var found in page?.S3Objects ?? [])
            {
                yield return (found.Key, new DateTimeOffset((found.LastModified ?? DateTime.MaxValue).ToUniversalTime(), TimeSpan.Zero));
            }

            next = page?.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (next is not null);
    }

    /// <summary>The bucket answers to our credentials; what it answers about a key that never was does not matter.</summary>
    public async Task<bool> IsWritableAsync(CancellationToken ct)
    {
        await TryAsync(() => _s3.GetObjectMetadataAsync(_bucket, "health", ct));
        return true;
    }

    public void Dispose() => _s3.Dispose();

    private PutObjectRequest Request(string key, Stream file, string contentType, FileDigest digest) => new()
    {
        BucketName = _bucket,
        Key = key,
        InputStream = file,
        AutoCloseStream = false,
        AutoResetStreamPosition = false,
        ContentType = contentType,
        MD5Digest = Convert.ToBase64String(digest.Md5),
        UseChunkEncoding = false,
        DisablePayloadSigning = _tls ? true : null, // without TLS the body's own digest is signed instead
        DisableDefaultChecksumValidation = true,
        Headers = { CacheControl = "private, max-age=31536000, immutable" },
    };

    /// <summary>A part of a file with the length it will have; null when there is no such file.</summary>
    private async Task<(Stream Bytes, long Length)?> GetAsync(string key, long offset, long? length, CancellationToken ct)
    {
        var request = new GetObjectRequest { BucketName = _bucket, Key = key };
        if (offset > 0 || length is not null)
        {
            request.ByteRange = length is { } most ? new ByteRange(offset, offset + most - 1) : new ByteRange($"bytes={offset}-");
        }

        return await TryAsync(() => _s3.GetObjectAsync(request, ct)) is { } reply ? (reply.ResponseStream, reply.ContentLength) : null;
    }

    /// <summary>Null for what is not there; a fault for a bucket that cannot serve now. What it said is logged, without keys or content.</summary>
    private async Task<T?> TryAsync<T>(Func<Task<T>> call)
        where T : class
    {
        try
        {
            return await call();
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound && e.ErrorCode is "NoSuchKey" or "NotFound")
        {
            return null;
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException or TimeoutException or IOException)
        {
            S3Log.Failed(_log, (e as AmazonServiceException)?.ErrorCode ?? e.GetType().Name, (int)((e as AmazonServiceException)?.StatusCode ?? 0), e);
            throw new FaultException(new(FaultCodes.StorageUnavailable) { RetryAfter = TimeSpan.FromSeconds(5) }, e);
        }
    }

    /// <summary>A bucket without encryption by key answers with the MD5 as entity tag; another form of tag proves nothing.</summary>
    private static bool IsSame(string? tag, byte[] md5)
    {
        var text = tag?.Trim('"');
        return text is not { Length: 32 } || text.Equals(Convert.ToHexStringLower(md5), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The bucket is reached directly: no proxy from the environment, no redirect that could carry a signature away.</summary>
    private sealed class Direct : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan, // the SDK counts the time itself
        };
    }
}
