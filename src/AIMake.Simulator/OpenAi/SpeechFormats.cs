namespace AIMake.Simulator.OpenAi;

/// <summary>Formats of speech and the content type each is sent with.</summary>
internal static class SpeechFormats
{
    public static string? ContentType(string format) => format switch
    {
        "mp3" => "audio/mpeg",
        "opus" => "audio/opus",
        "aac" => "audio/aac",
        "flac" => "audio/flac",
        "wav" => "audio/wav",
        "pcm" => "audio/pcm",
        _ => null,
    };
}
