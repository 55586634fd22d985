using System.Runtime.InteropServices;

namespace AIMake.Platform.Secrets;

/// <summary>
/// Puts a finished draft in the place of a file that must be made once. <c>File.Move</c> without overwriting looks first and renames
/// then, so that of two starts at once the second takes away what the first already uses; link(2) refuses a name that is taken.
/// </summary>
internal static partial class FirstFile
{
    private const int Exists = 17; // EEXIST of errno(3)

    /// <summary>The draft is gone afterwards; the file is this one, or that of whoever was first.</summary>
    /// <exception cref="IOException">The folder takes no such file.</exception>
    public static void Place(string draft, string path)
    {
        var error = Link(draft, path) == 0 ? 0 : Marshal.GetLastPInvokeError();
        File.Delete(draft);
        if (error is not (0 or Exists))
        {
            throw new IOException($"{path} cannot be made: {Marshal.GetPInvokeErrorMessage(error)}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);
}
