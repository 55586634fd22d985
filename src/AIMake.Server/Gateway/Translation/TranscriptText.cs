using System.Globalization;
using System.Text;
using System.Text.Json;
using AIMake.Gateway.Audio;
using AIMake.Platform.Faults;
using AIMake.Providers;

namespace AIMake.Gateway.Translation;

/// <summary>Writes a seam's transcript in OpenAI's formats, whole or as the two events of a stream that has nothing to wait for.</summary>
internal static class TranscriptText
{
    /// <summary>Fields a seam can be told of, or that say how the answer is written.</summary>
    private static readonly HashSet<string> Told =
        ["model", "language", "prompt", "temperature", "response_format", "stream", "timestamp_granularities", "timestamp_granularities[]"];

    /// <summary>What was asked for and a seam cannot be told; null when there is nothing.</summary>
    public static Fault? Refuse(TranscriptionOrder order)
    {
        var lost = order.Format is "diarized_json" ? "response_format"
            : order.Fields.FirstOrDefault(f => !Told.Contains(f.Key) && f is not { Key: "chunking_strategy", Value: "auto" }).Key;
        return lost is null ? null : new Fault(FaultCodes.UnsupportedParameter, lost, order.Model.Id) { Field = lost };
    }

    public static byte[] Write(TranscriptionAnswer heard, TranscriptionOrder order) =>
        order.Stream ? Events(heard, order)
        : order.Format switch
        {
            "text" => Encoding.UTF8.GetBytes(heard.Text + "\n"),
            "srt" => Encoding.UTF8.GetBytes(string.Concat(Cues(heard, order).Select((s, i) => $"{i + 1}\n{Clock(s.Start, ',')} --> {Clock(s.End, ',')}\n{s.Text.Trim()}\n\n"))),
            "vtt" => Encoding.UTF8.GetBytes("WEBVTT\n\n" + string.Concat(Cues(heard, order).Select(s => $"{Clock(s.Start, '.')} --> {Clock(s.End, '.')}\n{s.Text.Trim()}\n\n"))),
            "verbose_json" => JsonSerializer.SerializeToUtf8Bytes(Verbose(heard, order)),
            _ => JsonSerializer.SerializeToUtf8Bytes(new { text = heard.Text, usage = Usage(order) }),
        };

    /// <summary>Words alone stand without segments, as at OpenAI.</summary>
    private static Dictionary<string, object> Verbose(TranscriptionAnswer heard, TranscriptionOrder order)
    {
        var answer = new Dictionary<string, object> { ["task"] = "transcribe", ["language"] = heard.Language ?? "", ["duration"] = order.Seconds, ["text"] = heard.Text };
        if (order.Granularities.Contains("word"))
        {
            answer["words"] = heard.Words.Select(w => new { word = w.Text, start = w.Start, end = w.End });
        }

        if (order.Granularities.Count == 0 || order.Granularities.Contains("segment"))
        {
            answer["segments"] = heard.Segments.Select((s, i) => new { id = i, start = s.Start, end = s.End, text = s.Text });
        }

        answer["usage"] = Usage(order);
        return answer;
    }

    private static byte[] Events(TranscriptionAnswer heard, TranscriptionOrder order)
    {
        var delta = JsonSerializer.Serialize(new { type = "transcript.text.delta", delta = heard.Text });
        var done = JsonSerializer.Serialize(new { type = "transcript.text.done", text = heard.Text, usage = Usage(order) });
        return Encoding.UTF8.GetBytes($"data: {delta}\r\n\r\ndata: {done}\r\n\r\ndata: [DONE]\r\n\r\n");
    }

    /// <summary>A vendor that tells no times has its text shown from beginning to end.</summary>
    private static IReadOnlyList<TranscriptSegment> Cues(TranscriptionAnswer heard, TranscriptionOrder order) =>
        heard.Segments.Count > 0 ? heard.Segments : [new TranscriptSegment(0, (double)order.Seconds, heard.Text)];

    private static object Usage(TranscriptionOrder order) => new { type = "duration", seconds = (long)Math.Ceiling(order.Seconds) };

    private static string Clock(double seconds, char mark)
    {
        var time = TimeSpan.FromSeconds(seconds);
        return string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours:00}:{time.Minutes:00}:{time.Seconds:00}{mark}{time.Milliseconds:000}");
    }
}
