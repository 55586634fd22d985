using System.Security.Cryptography;
using System.Text;

namespace AIMake.Platform.Secrets;

/// <summary>
/// The one secret the others are derived from: <c>JWT_SECRET</c>, or a random one made at the first start and kept in the
/// data folder, readable by its owner only. Several nodes need the same one, hence the setting.
/// </summary>
internal static class MasterSecret
{
    public const string Setting = "JWT_SECRET";
    public const string PreviousSetting = "JWT_SECRET_PREVIOUS";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly string[] SampleWords =
        ["changeme", "changethis", "replaceme", "replacethis", "yoursecret", "yourjwt", "mysecret", "supersecret", "jwtsecret", "secretkey", "placeholder", "example", "password"];

    /// <exception cref="InvalidOperationException">The setting is too short, a well-known sample, or given twice; the message names the cure.</exception>
    public static SecretKeys Load(IConfiguration configuration, string dataFolder, TimeProvider clock)
    {
        var previous = configuration[PreviousSetting] is { Length: > 0 } p ? Checked(PreviousSetting, p) : null;
        var master = configuration[Setting] is { Length: > 0 } s ? Checked(Setting, s) : FromFile(Path.Combine(dataFolder, "secrets", "master.key"));
        if (previous is not null && CryptographicOperations.FixedTimeEquals(previous, master))
        {
            throw new InvalidOperationException($"{PreviousSetting} is the same as {Setting}. Remove it, or give {Setting} a new value.");
        }

        return new SecretKeys(master, previous is null ? [] : [previous], clock);
    }

    internal static byte[] Checked(string setting, string value)
    {
        const string cure = "Make one with: openssl rand -base64 48";
        var bytes = Encoding.UTF8.GetBytes(value);
        if (bytes.Length < HmacKey.MinBytes)
        {
            throw new InvalidOperationException($"{setting} has {bytes.Length} bytes; at least {HmacKey.MinBytes} are needed. {cure}");
        }

        var letters = new string([.. value.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);
        return value.Distinct().Count() < 10 || SampleWords.Any(w => letters.Contains(w, StringComparison.Ordinal))
            ? throw new InvalidOperationException($"{setting} is a sample or easily guessed value. {cure}")
            : bytes;
    }

    private static byte[] FromFile(string path)
    {
        if (!File.Exists(path))
        {
            Make(path);
        }

        // A restore or a copy may have widened the rights; the file is ours to narrow again.
        if ((File.GetUnixFileMode(path) & ~OwnerOnly) != 0)
        {
            File.SetUnixFileMode(path, OwnerOnly);
        }

        var bytes = new byte[HmacKey.MinBytes];
        return Convert.TryFromBase64String(File.ReadAllText(path).Trim(), bytes, out var length) && length == bytes.Length
            ? bytes
            : throw new InvalidOperationException($"{path} is damaged. Restore it from a backup, or delete it: everybody then signs in again.");
    }

    /// <summary>Written aside, flushed, then linked into place: two starts at once agree on one secret, and a crash leaves none or all of it.</summary>
    private static void Make(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        var draft = $"{path}.{Guid.NewGuid():N}";
        using (var file = new FileStream(draft, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            file.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(HmacKey.MinBytes))));
            file.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft); // the other start was first
        }
    }
}
