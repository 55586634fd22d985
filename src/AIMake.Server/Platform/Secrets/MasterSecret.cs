using System.Security.Cryptography;
using System.Text;

namespace AIMake.Platform.Secrets;

/// <summary>
/// The one secret the others are derived from: the setting, or a random one made at the first start and kept in the data
/// folder, readable by its owner only.
/// </summary>
internal static class MasterSecret
{
    public const string FileName = "master.key";

    /// <param name="folder">Private to this process's user.</param>
    public static SecretKeys Load(SecretsOptions options, string folder, TimeProvider clock)
    {
        var master = options.JwtSecret is { Length: > 0 } set ? Encoding.UTF8.GetBytes(set) : FromFile(Path.Combine(folder, FileName));
        return new SecretKeys(master, options.JwtSecretPrevious is { Length: > 0 } old ? [Encoding.UTF8.GetBytes(old)] : [], clock);
    }

    private static byte[] FromFile(string path)
    {
        if (!File.Exists(path))
        {
            SecretFile.Make(path, Convert.ToBase64String(RandomNumberGenerator.GetBytes(HmacKey.MinBytes))); // two starts at once agree on one
        }

        SecretFile.Narrow(path);
        var bytes = new byte[HmacKey.MinBytes];
        return Convert.TryFromBase64String(File.ReadAllText(path).Trim(), bytes, out var length) && length == bytes.Length
            ? bytes
            : throw new InvalidOperationException($"{path} is damaged. Restore it from a backup, or delete it: everybody then signs in again.");
    }
}
