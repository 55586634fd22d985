namespace AIMake.Simulator.OpenAi;

/// <summary>What is on offer, with the end the vendor has announced.</summary>
internal static class OpenAiModels
{
    public static readonly string[] Voices =
        ["alloy", "ash", "ballad", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer", "verse", "marin", "cedar"];

    public static readonly OpenAiModel[] All =
    [
        new("gpt-4o-mini-tts", 1742403959, "2027-01-06", ModelKind.Speech),
        new("gpt-4o-mini-tts-2025-03-20", 1742403960, "2027-01-06", ModelKind.Speech),
        new("gpt-4o-mini-tts-2025-12-15", 1765610837, "2027-01-06", ModelKind.Speech),
        new("tts-1", 1681940951, "2027-01-06", ModelKind.Speech),
        new("tts-1-hd", 1699046015, "2027-01-06", ModelKind.Speech),
        new("gpt-4o", 1715367049, "2027-01-14", ModelKind.Chat) { Snapshot = "gpt-4o-2024-08-06" },
        new("gpt-4o-mini", 1721172741, "2027-01-14", ModelKind.Chat) { Snapshot = "gpt-4o-mini-2024-07-18" },
        new("gpt-4.1", 1744316542, "2027-01-14", ModelKind.Chat) { Snapshot = "gpt-4.1-2025-04-14" },
        new("gpt-4.1-mini", 1744318173, "2027-01-14", ModelKind.Chat) { Snapshot = "gpt-4.1-mini-2025-04-14" },
        new("gpt-5", 1754425777, null, ModelKind.Chat) { Snapshot = "gpt-5-2025-08-07" },
        new("gpt-5-mini", 1754425928, null, ModelKind.Chat) { Snapshot = "gpt-5-mini-2025-08-07" },
        new("gpt-5-nano", 1754426384, null, ModelKind.Chat) { Snapshot = "gpt-5-nano-2025-08-07" },
        new("gpt-5.4", 1772600000, null, ModelKind.Chat) { Snapshot = "gpt-5.4-2026-03-05" },
        new("gpt-5.4-mini", 1773700000, null, ModelKind.Chat) { Snapshot = "gpt-5.4-mini-2026-03-17" },
        new("text-embedding-3-small", 1705948997, null, ModelKind.Embedding) { Dimensions = 1536 },
        new("text-embedding-3-large", 1705953180, null, ModelKind.Embedding) { Dimensions = 3072 },
        new("whisper-1", 1677532384, "2027-02-26", ModelKind.Transcription),
        new("gpt-4o-transcribe", 1742068463, "2027-02-26", ModelKind.Transcription),
        new("gpt-4o-mini-transcribe", 1742068596, "2027-02-26", ModelKind.Transcription),
        new("gpt-transcribe", 1788000000, null, ModelKind.Transcription),
        new("gpt-image-1-mini", 1758845821, "2026-12-01", ModelKind.Image),
        new("gpt-image-1.5", 1764030620, "2026-12-01", ModelKind.Image),
        new("gpt-image-2", 1776700000, null, ModelKind.Image),
    ];

    /// <summary>By its name or that of its snapshot.</summary>
    public static OpenAiModel? Find(string id) => Array.Find(All, model => model.Id == id || model.Snapshot == id);

    public static object Describe(OpenAiModel model) =>
        new { id = model.Id, @object = "model", created = model.Created, owned_by = "system", shutdown_date = model.ShutdownDate };
}

/// <param name="Created">Unix seconds.</param>
/// <param name="ShutdownDate">Day on which it stops answering.</param>
internal sealed record OpenAiModel(string Id, long Created, string? ShutdownDate, ModelKind Kind)
{
    /// <summary>The dated name it answers under; its own when it has none.</summary>
    public string? Snapshot { get; init; }

    /// <summary>Length of its vectors; 8 for a model nobody has described.</summary>
    public int Dimensions { get; init; } = 8;

    /// <summary>The older models take neither instructions nor a stream of events.</summary>
    public bool IsLegacy => Id.StartsWith("tts-1", StringComparison.Ordinal);
}

internal enum ModelKind
{
    Speech,
    Chat,
    Embedding,
    Transcription,
    Image,
}
