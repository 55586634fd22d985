using System.Globalization;
using System.Text;

namespace AIMake.Speech.Captions;

/// <summary>Writes captions in the two formats players read.</summary>
internal static class CaptionFiles
{
    public const string SrtType = "application/x-subrip";
    public const string VttType = "text/vtt";

    /// <summary>SubRip: numbered blocks, comma before the milliseconds.</summary>
    public static string ToSrt(IEnumerable<Caption> captions)
    {
        var file = new StringBuilder();
        var number = 0;
        foreach (var caption in captions)
            file.Append(CultureInfo.InvariantCulture, $"{++number}\n{Time(caption.Start, ',')} --> {Time(caption.End, ',')}\n{Lines(caption.Text)}\n\n");
        return file.ToString();
    }

    /// <summary>WebVTT; what could be markup is escaped.</summary>
    public static string ToVtt(IEnumerable<Caption> captions)
    {
        var file = new StringBuilder("WEBVTT\n\n");
        foreach (var caption in captions)
        {
            var text = Lines(caption.Text).Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
            file.Append(CultureInfo.InvariantCulture, $"{Time(caption.Start, '.')} --> {Time(caption.End, '.')}\n{text}\n\n");
        }
        return file.ToString();
    }

    /// <summary>An empty line would end the block, and an arrow would begin another one in the eyes of simple readers.</summary>
    private static string Lines(string text) =>
        string.Join('\n', text.Replace("-->", "→").Split(['\r', '\n', '\u2028', '\u2029', '\0'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static string Time(TimeSpan time, char separator)
    {
        var milliseconds = (long)Math.Round(Math.Max(0, time.TotalMilliseconds));
        return string.Create(CultureInfo.InvariantCulture,
            $"{milliseconds / 3_600_000:00}:{milliseconds / 60_000 % 60:00}:{milliseconds / 1000 % 60:00}{separator}{milliseconds % 1000:000}");
    }
}
