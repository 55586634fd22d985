using System.ComponentModel.DataAnnotations;

namespace AIMake.Platform.Storage;

/// <summary>Where made files are kept: under the data folder, or in an S3-compatible bucket when one is named.</summary>
internal sealed class StorageOptions : IValidatableObject
{
    public const string Section = "Storage";

    public S3Options S3 { get; set; } = new();

    /// <summary>Origin of a CDN in front of the bucket; media may be loaded from it. Flat name <c>CDN_URL</c>.</summary>
    public string? CdnUrl { get; set; }

    /// <summary>Time one request to the bucket may take, a whole upload included (default 2 min).</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "must be between 1 second and 1 hour.")]
    public TimeSpan S3Timeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long bytes may exist without a row before the collector removes them (default 24 h; a row always comes second).</summary>
    [Range(typeof(TimeSpan), "00:10:00", "30.00:00:00", ErrorMessage = "must be between 10 minutes and 30 days.")]
    public TimeSpan OrphanGrace { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Free bytes of disk below which new work is refused (default 256 MB), so that the database keeps room to breathe.</summary>
    [Range(0, long.MaxValue, ErrorMessage = "must be a number of bytes, 0 or more.")]
    public long MinimumFreeBytes { get; set; } = 256_000_000;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (CdnUrl is not null && !IsHttp(CdnUrl))
        {
            yield return new("must be an http or https address, e.g. https://media.example.com.", [nameof(CdnUrl)]);
        }

        if (!S3.IsConfigured)
        {
            yield break;
        }

        if (!IsHttp(S3.Endpoint))
        {
            yield return new("must be an http or https address, e.g. https://ACCOUNT.r2.cloudflarestorage.com or http://minio:9000.", ["S3:Endpoint"]);
        }

        foreach (var (name, value) in new[] { ("Bucket", S3.Bucket), ("AccessKey", S3.AccessKey), ("SecretKey", S3.SecretKey) })
        {
            if (string.IsNullOrWhiteSpace(value))
            {
                yield return new("is needed because other S3 settings are set. Set it, or unset the others to keep files on this machine.", [$"S3:{name}"]);
            }
        }
    }

    private static bool IsHttp(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
}

/// <summary>An S3-compatible bucket: Cloudflare R2, MinIO, AWS.</summary>
internal sealed class S3Options
{
    /// <summary>Address of the service, without the bucket. Flat name <c>S3_ENDPOINT</c>.</summary>
    public string? Endpoint { get; set; }

    /// <summary>Flat name <c>S3_BUCKET</c>.</summary>
    public string? Bucket { get; set; }

    /// <summary>Flat name <c>S3_ACCESS_KEY</c>.</summary>
    public string? AccessKey { get; set; }

    /// <summary>Flat name <c>S3_SECRET_KEY</c>.</summary>
    public string? SecretKey { get; set; }

    /// <summary>Region that requests are signed for: <c>auto</c> for R2, the default <c>us-east-1</c> for MinIO. Flat name <c>S3_REGION</c>.</summary>
    public string Region { get; set; } = "us-east-1";

    /// <summary>True once any of the four is set; the others are then required.</summary>
    public bool IsConfigured => new[] { Endpoint, Bucket, AccessKey, SecretKey }.Any(v => !string.IsNullOrWhiteSpace(v));
}
