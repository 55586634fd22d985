using AIMake.Platform.Faults;
using AIMake.Platform.Media;

namespace AIMake.Speech;

/// <summary>Kinds of file we make, by the name callers use.</summary>
internal static class SpeechFormats
{
    public static Fault? Check(string format) => AudioFormats.TryParse(format, out _)
        ? null
        : new Fault(FaultCodes.FormatUnknown, format.Length <= 20 ? format : format[..20] + "…", string.Join(", ", AudioFormats.Names)) { Field = "format" };

    public static AudioFormat Of(string format) =>
        AudioFormats.TryParse(format, out var known) ? known : throw new ArgumentOutOfRangeException(nameof(format));

    /// <summary>Media type of a stream.</summary>
    public static string MimeType(string format) => Of(format).MimeType();

    /// <summary>Media type of a kept file.</summary>
    public static string FileMimeType(string format) => Of(format).FileMimeType();
}
