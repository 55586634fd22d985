using System.Globalization;

namespace AIMake.Platform.Secrets;

/// <summary>
/// The keys that encrypt keys: the present one seals, those before it only open. They come from the settings, or else from a
/// file made at the first start, readable by its owner only: one key a line, the present one first. Another process may change
/// that file at any time; whoever seals looks first, and whoever meets an unknown key looks again.
/// </summary>
internal sealed class EncryptionRing
{
    public const string FileName = "encryption.keys";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly string _path;
    private readonly TimeProvider _clock;
    private readonly EncryptionKey[] _configured;
    private readonly Lock _loading = new();
    private volatile Loaded _loaded;

    /// <param name="folder">Private to this process's user.</param>
    public EncryptionRing(SecretsOptions options, string folder, TimeProvider clock)
    {
        _path = Path.Combine(folder, FileName);
        _clock = clock;
        _configured = [.. new[] { options.EncryptionKey }.Concat(options.EncryptionKeysPrevious).Where(k => k is { Length: > 0 }).Select((k, i) => Read(k!, i == 0))];
        if (_configured.Length == 0 && !File.Exists(_path))
        {
            SecretFile.Make(_path, Text([EncryptionKey.New()]));
        }

        _loaded = Load();
    }

    /// <summary>True when the keys are ours to make; otherwise the settings name them.</summary>
    public bool IsOurs => _configured.Length == 0;

    /// <summary>The key to seal with.</summary>
    public EncryptionKey Current => Fresh().Keys[0];

    public IReadOnlyList<EncryptionKey> All => Fresh().Keys;

    /// <summary>The key of that id, or null.</summary>
    public EncryptionKey? Find(ReadOnlySpan<byte> id) => _loaded.Find(id) ?? Fresh().Find(id);

    /// <summary>Puts a new key in front. Every process sees it before it seals the next time.</summary>
    public EncryptionKey Turn() => Change(keys =>
    {
        var retired = new EncryptionKey(keys[0].Material, _clock.GetUtcNow());
        return [EncryptionKey.New(), retired, .. keys.Skip(1)];
    })[0];

    /// <summary>Forgets keys out of use. The present one stays, whatever is asked.</summary>
    public void Forget(IReadOnlyCollection<EncryptionKey> keys) =>
        Change(all => [all[0], .. all.Skip(1).Where(k => !keys.Any(gone => gone.Id.AsSpan().SequenceEqual(k.Id)))]);

    /// <summary>One process at a time changes the file.</summary>
    private EncryptionKey[] Change(Func<EncryptionKey[], EncryptionKey[]> change)
    {
        if (!IsOurs)
        {
            throw new InvalidOperationException("The encryption keys are set in the settings, so they are changed there.");
        }

        using var alone = new FileStream(_path + ".lock", new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = OwnerOnly,
        });
        var keys = change(Load().Keys);
        SecretFile.Replace(_path, Text(keys));
        lock (_loading)
        {
            return (_loaded = Load()).Keys;
        }
    }

    private Loaded Fresh()
    {
        var known = _loaded;
        if (!IsOurs || known.Stamp == StampOf(_path))
        {
            return known;
        }

        lock (_loading)
        {
            return _loaded = Load();
        }
    }

    private Loaded Load()
    {
        if (!File.Exists(_path))
        {
            return new Loaded(_configured, default);
        }

        SecretFile.Narrow(_path);

        var stamp = StampOf(_path); // before reading: a change in between is met again
        var kept = File.ReadAllLines(_path).Where(line => line.Length > 0).Select(Parse);

        // Keys of the file stay readable when the settings take over.
        return new Loaded([.. _configured.Concat(kept).DistinctBy(k => k.ToString())], stamp);
    }

    private EncryptionKey Parse(string line)
    {
        var parts = line.Split(' ');
        var retiredAt = parts.Length > 1 ? DateTimeOffset.FromUnixTimeSeconds(long.Parse(parts[1], CultureInfo.InvariantCulture)) : (DateTimeOffset?)null;
        return EncryptionKey.TryRead(parts[0], retiredAt, out var key)
            ? key
            : throw new InvalidOperationException($"{_path} is damaged. Restore it from a backup: without it, stored provider keys cannot be opened.");
    }

    private EncryptionKey Read(string text, bool isCurrent) =>
        EncryptionKey.TryRead(text.Trim(), isCurrent ? null : _clock.GetUtcNow(), out var key) ? key : throw new InvalidOperationException("An encryption key is not base64 of 32 bytes.");

    /// <summary>A line for each key; behind it, when it was retired.</summary>
    private static string Text(IEnumerable<EncryptionKey> keys) => string.Concat(keys.Select(key =>
        Convert.ToBase64String(key.Material) + (key.RetiredAt is { } at ? $" {at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}" : "") + "\n"));

    private static (DateTime, long) StampOf(string path) => new FileInfo(path) is { Exists: true } file ? (file.LastWriteTimeUtc, file.Length) : default;

    private sealed record Loaded(EncryptionKey[] Keys, (DateTime, long) Stamp)
    {
        public EncryptionKey? Find(ReadOnlySpan<byte> id)
        {
            foreach (var key in Keys)
            {
                if (id.SequenceEqual(key.Id))
                {
                    return key;
                }
            }

            return null;
        }
    }
}
