using System.ComponentModel.DataAnnotations;
using System.Text;

namespace AIMake.Platform.Secrets;

/// <summary>The master secret. Without one it is made at the first start and kept in the data folder; several nodes need the same one here.</summary>
internal sealed class SecretsOptions : IValidatableObject
{
    public const string Section = "Secrets";
    private const string Cure = "Make one with: openssl rand -base64 48";
    private static readonly string[] SampleWords =
        ["changeme", "changethis", "replaceme", "replacethis", "yoursecret", "yourjwt", "mysecret", "supersecret", "jwtsecret", "secretkey", "placeholder", "example", "password"];

    /// <summary>At least 32 bytes of randomness. Flat name <c>JWT_SECRET</c>.</summary>
    public string? JwtSecret { get; set; }

    /// <summary>The secret before the present one: it only verifies, until what it signed has expired. Flat name <c>JWT_SECRET_PREVIOUS</c>.</summary>
    public string? JwtSecretPrevious { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Weakness(JwtSecret) is { } weak)
        {
            yield return new(weak, [nameof(JwtSecret)]);
        }

        if (Weakness(JwtSecretPrevious) is { } previous)
        {
            yield return new(previous, [nameof(JwtSecretPrevious)]);
        }

        if (JwtSecretPrevious is { Length: > 0 } && JwtSecretPrevious == JwtSecret)
        {
            yield return new("is the same as the present secret. Remove it, or give the present one a new value.", [nameof(JwtSecretPrevious)]);
        }
    }

    /// <summary>Why a value will not do; null when it will, or is not set.</summary>
    internal static string? Weakness(string? value)
    {
        if (value is not { Length: > 0 })
        {
            return null;
        }

        if (Encoding.UTF8.GetByteCount(value) is var bytes && bytes < HmacKey.MinBytes)
        {
            return $"has {bytes} bytes; at least {HmacKey.MinBytes} are needed. {Cure}";
        }

        var letters = new string([.. value.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);
        return value.Distinct().Count() < 10 || Array.Exists(SampleWords, w => letters.Contains(w, StringComparison.Ordinal))
            ? $"is a sample or an easily guessed value. {Cure}"
            : null;
    }
}
