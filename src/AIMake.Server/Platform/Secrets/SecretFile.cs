using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace AIMake.Platform.Secrets;

/// <summary>
/// Files that hold secrets: for their owner's eyes only, written aside, flushed, then put into place, so that a crash leaves the old file or the new one.
/// </summary>
internal static partial class SecretFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int Exists = 17; // EEXIST of errno(3)

    /// <summary>
    /// Makes the file where there is none; who comes second leaves the first one's. <c>File.Move</c> without overwriting looks first and
    /// renames then, so that of two starts at once the second takes away what the first already uses; link(2) refuses a name that is taken.
    /// </summary>
    /// <exception cref="IOException">The folder takes no such file.</exception>
    public static void Make(string path, string text)
    {
        var draft = Draft(path, text);
        var error = Link(draft, path) == 0 ? 0 : Marshal.GetLastPInvokeError();
        File.Delete(draft);
        if (error is not (0 or Exists))
        {
            throw new IOException($"{path} cannot be made: {Marshal.GetPInvokeErrorMessage(error)}.");
        }
    }

    public static void Replace(string path, string text) => File.Move(Draft(path, text), path, overwrite: true);

    /// <summary>A restore or a copy may have widened the rights; the file is ours to narrow again.</summary>
    public static void Narrow(string path)
    {
        if ((File.GetUnixFileMode(path) & ~OwnerOnly) != 0)
        {
            File.SetUnixFileMode(path, OwnerOnly);
        }
    }

    private static string Draft(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, OwnerOnly | UnixFileMode.UserExecute);
        var draft = $"{path}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        using var file = new FileStream(draft, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly });
        file.Write(Encoding.ASCII.GetBytes(text));
        file.Flush(flushToDisk: true);
        return draft;
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);
}
