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

    /// <summary>
    /// The key that stored provider keys are encrypted under: base64 of 32 random bytes. Without one it is made at the first start
    /// and kept in the data folder; several nodes need the same one here. Flat name <c>AIMAKE_ENCRYPTION_KEY</c>.
    /// </summary>
    public string? EncryptionKey { get; set; }

    /// <summary>Keys before the present one: they only open, until <c>./aimake keys rotate</c> has run. Flat name <c>AIMAKE_ENCRYPTION_KEYS_PREVIOUS</c>, comma between.</summary>
    public string[] EncryptionKeysPrevious { get; set; } = [];

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

        if (EncryptionKey is { Length: > 0 } key && !IsEncryptionKey(key))
        {
            yield return new(EncryptionCure, [nameof(EncryptionKey)]);
        }

        if (EncryptionKeysPrevious.Any(k => !IsEncryptionKey(k)))
        {
            yield return new(EncryptionCure, [nameof(EncryptionKeysPrevious)]);
        }

        if (EncryptionKeysPrevious.Length > 0 && EncryptionKey is not { Length: > 0 })
        {
            yield return new("names keys before the present one, but no present one is set. Set AIMAKE_ENCRYPTION_KEY.", [nameof(EncryptionKeysPrevious)]);
        }
    }

    private const string EncryptionCure = "must be base64 of 32 random bytes. Make one with: openssl rand -base64 32";

    private static bool IsEncryptionKey(string text) =>
        Secrets.EncryptionKey.TryRead(text.Trim(), retiredAt: null, out var key) && key.Material.Distinct().Count() >= 10;

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
