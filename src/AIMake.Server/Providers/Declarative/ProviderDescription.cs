using System.Text.Json;
using AIMake.Catalog;
using AIMake.Providers.Declarative.Calls;

namespace AIMake.Providers.Declarative;

/// <summary>A provider's file after checking. <c>docs/declarative-providers.md</c> explains every member. Immutable.</summary>
internal sealed record ProviderDescription(string Name, string Title, Uri BaseUrl)
{
    public const int DefaultConcurrency = 16;

    /// <summary>Header that carries the key; null for none.</summary>
    public KeyHeader? Key { get; init; }

    /// <summary>Environment variable the key is read from; null when it only comes from the pool.</summary>
    public string? KeyVariable { get; init; }

    /// <summary>Sent with every call.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Calls side by side with each key.</summary>
    public int Concurrency { get; init; } = DefaultConcurrency;

    /// <summary>The call that tries a key; null: there is none, and any key is taken for good.</summary>
    public RequestTemplate? Test { get; init; }

    public AnswerRules Rules { get; init; } = AnswerRules.ByStatus;

    public SpeechSeam? Speech { get; init; }

    public ChatSeam? Chat { get; init; }

    public EmbeddingSeam? Embedding { get; init; }

    public ImageSeam? Image { get; init; }

    public VideoSeam? Video { get; init; }

    public TranscriptionSeam? Transcription { get; init; }

    public IReadOnlyList<Model> Models { get; init; } = [];

    public IReadOnlyList<VoiceEntry> Voices { get; init; } = [];
}

/// <param name="Name">E.g. <c>Authorization</c>.</param>
/// <param name="Prefix">E.g. <c>"Bearer "</c>; empty for the bare key.</param>
internal sealed record KeyHeader(string Name, string Prefix);

/// <summary>One paid call: what is sent, how its end is waited for where it works by tasks, and where its usage stands.</summary>
/// <param name="Words">The vendor's own words for values, by placeholder: <c>ratio</c>: <c>16:9</c> is <c>landscape</c>.</param>
internal sealed record CallDescription(
    RequestTemplate Request, PollDescription? Poll, UsagePaths Usage, IReadOnlyDictionary<string, IReadOnlyDictionary<string, JsonElement>> Words);

/// <param name="Audio">Base64 in the answer; null when the body is the sound, or <paramref name="Link"/> leads to it.</param>
/// <param name="Wav">Whether the sound is a WAV rather than raw samples.</param>
/// <param name="SampleRate">Of raw samples, Hz.</param>
internal sealed record SpeechSeam(CallDescription Call, ValuePath? Audio, ValuePath? Link, bool Wav, int SampleRate, int MaximumCharacters);

/// <param name="Stream">How a streamed answer is read; null: the answer comes whole.</param>
/// <param name="Finishes">The vendor's reasons to end and ours.</param>
/// <param name="Reach">What of a request the template has a place for.</param>
internal sealed record ChatSeam(CallDescription Call, ChatPaths Answer, StreamDescription? Stream, IReadOnlyDictionary<string, string> Finishes, ChatReach Reach);

internal sealed record ChatPaths(ValuePath Text, ValuePath? Finish, ValuePath? ToolCalls);

/// <param name="Lines">One JSON document for each line, rather than server-sent events.</param>
/// <param name="End">Data that ends the stream, e.g. <c>[DONE]</c>.</param>
/// <param name="Error">Where an error in mid-stream stands.</param>
internal sealed record StreamDescription(bool Lines, string? End, ValuePath? Error);

internal sealed record EmbeddingSeam(CallDescription Call, ValuePath Vectors);

/// <param name="Data">Base64, or data URIs.</param>
internal sealed record ImageSeam(CallDescription Call, ValuePath? Data, ValuePath? Links, ValuePath? RevisedPrompt);

/// <param name="Links">Where what was made is linked to.</param>
/// <param name="Cancel">Ends a task; null where the vendor cannot.</param>
internal sealed record VideoSeam(CallDescription Call, IReadOnlyDictionary<VideoVariant, ValuePath> Links, RequestTemplate? Cancel);

internal sealed record TranscriptionSeam(CallDescription Call, ValuePath Text, ValuePath? Language, PiecePaths? Segments, PiecePaths? Words);

/// <summary>A list of timed pieces; the inner paths start at each piece. Times are in seconds after <paramref name="Scale"/>.</summary>
/// <param name="Scale">What one unit of the vendor's times is, in seconds: 1, or 0.001 for milliseconds.</param>
internal sealed record PiecePaths(ValuePath List, ValuePath Start, ValuePath End, ValuePath Text, double Scale);
