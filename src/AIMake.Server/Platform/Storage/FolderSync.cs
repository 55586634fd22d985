using System.ComponentModel;
using System.Runtime.InteropServices;

namespace AIMake.Platform.Storage;

/// <summary>
/// Makes renames and deletions in a folder survive a crash. .NET opens no folders, so this asks the system itself.
/// </summary>
internal static partial class FolderSync
{
    private const int ReadOnlyDirectoryCloseOnExec = 0x0 | 0x10000 | 0x80000;
    private const int DirectoryOnArm = 0x4000;

    /// <exception cref="IOException">The system could not; what was done in the folder may be lost in a crash.</exception>
    public static void Flush(string folder)
    {
        var flags = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm
            ? DirectoryOnArm | 0x80000
            : ReadOnlyDirectoryCloseOnExec;
        var handle = Open(folder, flags);
        if (handle < 0)
        {
            throw Failure("open");
        }

        try
        {
            if (Fsync(handle) != 0)
            {
                throw Failure("flush");
            }
        }
        finally
        {
            _ = Close(handle);
        }
    }

    private static IOException Failure(string what)
    {
        var error = Marshal.GetLastPInvokeError();
        return error == 2 ? new DirectoryNotFoundException() : new IOException($"Cannot {what} a folder: {new Win32Exception(error).Message}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
