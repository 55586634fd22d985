using AIMake.Providers.Declarative.Calls;

namespace AIMake.Providers.Declarative.Reading;

/// <summary>Reads how each kind of work is done. The names of placeholders stand here, once.</summary>
internal static class SeamReader
{
    private static readonly string[] SpeechNames = ["text", "model", "voice", "language", "speed", "instructions"];
    private static readonly string[] ChatNames = ["model", "messages", "turns", "system", "prompt", "maxOutputTokens", "options", "options."];
    private static readonly string[] PartNames = ["image_url", "input_audio", "file"];
    private const string Option = "options.";
    private static readonly string[] EmbeddingNames = ["model", "inputs", "dimensions"];
    private static readonly string[] ImageNames =
        ["model", "prompt", "count", "size", "width", "height", "quality", "format", "background", "image", "image.base64", "image.type", "images", "mask", "mask.base64"];
    private static readonly string[] VideoNames = ["model", "prompt", "resolution", "ratio", "seconds", "image", "image.base64", "image.type", "options."];
    private static readonly string[] TranscriptionNames = ["model", "language", "prompt", "temperature", "words", "file", "file.base64", "file.type"];

    public static SpeechSeam? Speech(Section file)
    {
        if (file.Object("speech") is not { } seam) return null;
        var call = CallReader.Call(seam, SpeechNames);
        var most = seam.Whole("maximumCharacters", 20, 100_000, 600);
        var answer = seam.Object("answer", required: true);
        var (audio, link) = (answer?.PathTo("audio"), answer?.PathTo("link"));
        var format = answer?.Word("format", required: true, "pcm", "wav");
        var rate = answer?.Whole("sampleRate", 8_000, 192_000, 24_000) ?? 24_000;
        if (call?.Poll is not null && audio is null && link is null) answer?.Faults.Add(answer.Path, "needs audio or link: a task's answer is JSON", "需要 audio 或 link：任务的结果是 JSON");
        answer?.NothingElse();
        seam.NothingElse();
        return call is null || answer is null ? null : new SpeechSeam(call, audio, link, format == "wav", rate, most);
    }

    public static ChatSeam? Chat(Section file)
    {
        if (file.Object("chat") is not { } seam) return null;
        var call = CallReader.Call(seam, ChatNames);
        var answer = seam.Object("answer", required: true);
        var text = answer?.PathTo("text", required: true);
        var (finish, calls) = (answer?.PathTo("finish"), answer?.PathTo("toolCalls"));
        var finishes = answer?.Texts("finishes") ?? new Dictionary<string, string>();
        foreach (var (word, ours) in finishes)
            if (ours is not ("stop" or "length" or "tool_calls" or "content_filter")) answer!.Faults.Add($"{answer.At("finishes")}.{word}", $"\"{ours}\" is not one of stop, length, tool_calls, content_filter", $"“{ours}”不在可选值之中：stop、length、tool_calls、content_filter");
        answer?.NothingElse();
        var stream = Stream(seam);
        if (stream is not null && call?.Poll is not null) seam.Problem("poll", "cannot stand beside stream", "不能与 stream 同时使用");
        var parts = seam.Words("parts") ?? [];
        foreach (var part in parts.Except(PartNames, StringComparer.Ordinal)) seam.Problem("parts", $"\"{part}\" is not one of {string.Join(", ", PartNames)}", $"“{part}”不在可选值之中：{string.Join("、", PartNames)}");
        seam.NothingElse();
        return call is null || text is null ? null : new ChatSeam(call, new ChatPaths(text, finish, calls), stream, finishes, Reach(call, parts, calls is not null));
    }

    /// <summary>What the template has a place for reaches the vendor, and nothing else.</summary>
    private static ChatReach Reach(CallDescription call, IReadOnlyList<string> parts, bool callsTools)
    {
        var names = call.Request.Names.ToHashSet(StringComparer.Ordinal);
        var (all, turns, options) = (names.Contains("messages"), names.Contains("turns"), names.Contains("options"));
        return new ChatReach
        {
            Turns = all || turns,
            System = all || names.Contains("system"),
            Limit = names.Contains("maxOutputTokens"),
            Tools = callsTools && (all || turns) && (options || names.Contains("options.tools")),
            Parts = parts.ToHashSet(StringComparer.Ordinal),
            Options = options ? null : names.Where(name => name.StartsWith(Option, StringComparison.Ordinal)).Select(name => name[Option.Length..]).ToHashSet(StringComparer.Ordinal),
        };
    }

    public static EmbeddingSeam? Embedding(Section file)
    {
        if (file.Object("embedding") is not { } seam) return null;
        var call = CallReader.Call(seam, EmbeddingNames);
        var answer = seam.Object("answer", required: true);
        var vectors = answer?.PathTo("vectors", required: true);
        answer?.NothingElse();
        seam.NothingElse();
        return call is null || vectors is null ? null : new EmbeddingSeam(call, vectors);
    }

    public static ImageSeam? Image(Section file)
    {
        if (file.Object("image") is not { } seam) return null;
        var call = CallReader.Call(seam, ImageNames);
        var answer = seam.Object("answer", required: true);
        var (data, links, revised) = (answer?.PathTo("data"), answer?.PathTo("links"), answer?.PathTo("revisedPrompt"));
        if (answer is not null && !answer.Has("data") && !answer.Has("links")) answer.Faults.Add(answer.Path, "needs data (base64) or links", "需要 data（base64）或 links");
        answer?.NothingElse();
        seam.NothingElse();
        return call is null || answer is null ? null : new ImageSeam(call, data, links, revised);
    }

    public static VideoSeam? Video(Section file)
    {
        if (file.Object("video") is not { } seam) return null;
        var call = CallReader.Call(seam, VideoNames);
        if (!seam.Has("poll")) seam.Problem("poll", "is missing: video is made by tasks", "缺失：视频由任务生成");
        var cancel = CallReader.Request(seam, "cancel", ["task"], HttpMethod.Delete);
        var answer = seam.Object("answer", required: true);
        var links = new Dictionary<VideoVariant, ValuePath>();
        foreach (var (name, variant) in new[] { ("video", VideoVariant.Video), ("video1080", VideoVariant.Video1080), ("thumbnail", VideoVariant.Thumbnail) })
            if (answer?.PathTo(name, required: variant == VideoVariant.Video) is { } path) links[variant] = path;
        answer?.NothingElse();
        seam.NothingElse();
        return call?.Poll is null ? null : new VideoSeam(call, links, cancel);
    }

    public static TranscriptionSeam? Transcription(Section file)
    {
        if (file.Object("transcription") is not { } seam) return null;
        var call = CallReader.Call(seam, TranscriptionNames);
        var answer = seam.Object("answer", required: true);
        var text = answer?.PathTo("text", required: true);
        var (language, segments, words) = (answer?.PathTo("language"), Pieces(answer, "segments"), Pieces(answer, "words"));
        answer?.NothingElse();
        seam.NothingElse();
        return call is null || text is null ? null : new TranscriptionSeam(call, text, language, segments, words);
    }

    private static StreamDescription? Stream(Section seam)
    {
        if (seam.Object("stream") is not { } section) return null;
        var format = section.Word("format", required: true, "events", "lines");
        var (end, error) = (section.Text("end"), section.PathTo("error"));
        section.NothingElse();
        return new StreamDescription(format == "lines", end, error);
    }

    private static PiecePaths? Pieces(Section? answer, string name)
    {
        if (answer?.Object(name) is not { } section) return null;
        var (list, start, end, text) = (section.PathTo("list", required: true), section.PathTo("start", required: true), section.PathTo("end", required: true), section.PathTo("text", required: true));
        var scale = (double)(section.Number("scale", 0.000_000_1m, 3600) ?? 1);
        section.NothingElse();
        return list is null || start is null || end is null || text is null ? null : new PiecePaths(list, start, end, text, scale);
    }
}
