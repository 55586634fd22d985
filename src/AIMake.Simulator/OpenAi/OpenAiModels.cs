namespace AIMake.Simulator.OpenAi;

/// <summary>What is on offer, with the end the vendor has announced.</summary>
internal static class OpenAiModels
{
    public static readonly string[] Voices =
        ["alloy", "ash", "ballad", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer", "verse", "marin", "cedar"];

    public static readonly OpenAiModel[] All =
    [
        new("gpt-4o-mini-tts", 1742403959, "2027-01-06"),
        new("gpt-4o-mini-tts-2025-03-20", 1742403960, "2027-01-06"),
        new("gpt-4o-mini-tts-2025-12-15", 1765610837, "2027-01-06"),
        new("tts-1", 1681940951, "2027-01-06"),
        new("tts-1-hd", 1699046015, "2027-01-06"),
    ];

    public static OpenAiModel? Find(string id) => Array.Find(All, model => model.Id == id);

    public static object Describe(OpenAiModel model) =>
        new { id = model.Id, @object = "model", created = model.Created, owned_by = "system", shutdown_date = model.ShutdownDate };
}

/// <param name="Created">Unix seconds.</param>
/// <param name="ShutdownDate">Day on which it stops answering.</param>
internal sealed record OpenAiModel(string Id, long Created, string? ShutdownDate)
{
    /// <summary>The older models take neither instructions nor a stream of events.</summary>
    public bool IsLegacy => Id.StartsWith("tts-1", StringComparison.Ordinal);
}
