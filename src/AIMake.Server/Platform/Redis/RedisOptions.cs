using System.ComponentModel.DataAnnotations;

namespace AIMake.Platform.Redis;

/// <summary>A Redis server that several nodes share; without one, each node counts for itself.</summary>
internal sealed class RedisOptions : IValidatableObject
{
    public const string Section = "Redis";

    /// <summary><c>redis://[user:password@]host[:6379][/database]</c>, or <c>rediss://</c> for TLS. Flat name <c>REDIS_URL</c>.</summary>
    public string? Url { get; set; }

    /// <summary>Most an answer may take (default 500 ms); then each node counts for itself until Redis is well again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:10", ErrorMessage = "must be between 10 ms and 10 s, e.g. 00:00:00.500.")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMilliseconds(500);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Url is { Length: > 0 } && RedisAddress.Parse(Url) is null)
        {
            yield return new("is not an address of Redis. Write redis://host:6379, with user:password@ before the host and /database behind it where needed; rediss:// for TLS.", [nameof(Url)]);
        }
    }
}

/// <summary>Where a Redis server is and how to enter.</summary>
internal sealed record RedisAddress(string Host, int Port, bool Tls, string? User, string? Password, int Database)
{
    private const int DefaultPort = 6379;

    /// <returns>Null for what is no such address.</returns>
    public static RedisAddress? Parse(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("redis" or "rediss") || uri.Host.Length == 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            return null;
        }

        var database = 0;
        if (uri.AbsolutePath.Trim('/') is { Length: > 0 } path && (!int.TryParse(path, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out database) || database > 1_000_000))
        {
            return null;
        }

        var half = uri.UserInfo.Split(':', 2);
        var (user, password) = half.Length == 2 ? (half[0], half[1]) : ("", half[0]);
        return new RedisAddress(
            uri.Host.Trim('[', ']'), uri.Port < 0 ? DefaultPort : uri.Port, uri.Scheme == "rediss",
            user.Length == 0 ? null : Uri.UnescapeDataString(user), password.Length == 0 ? null : Uri.UnescapeDataString(password), database);
    }

    /// <summary>Never the password.</summary>
    public override string ToString() => $"{Host}:{Port}";
}
