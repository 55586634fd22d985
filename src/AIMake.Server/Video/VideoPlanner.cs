using System.Text;
using AIMake.Catalog;
using AIMake.Platform.Faults;
using AIMake.Providers;

namespace AIMake.Video;

/// <summary>A video as somebody asks for it.</summary>
/// <param name="Seconds">Null: the model's shortest of four seconds or more.</param>
/// <param name="Size">In pixels; null: the model's first.</param>
/// <param name="Options">What only the vendor knows, by its own names: <c>avatar</c>, <c>voice</c>, <c>seed</c> …</param>
internal sealed record VideoAsk(string Model, string Prompt, int? Seconds = null, string? Size = null, IReadOnlyDictionary<string, string>? Options = null)
{
    /// <summary>The first frame; null for video from words alone.</summary>
    public MediaInput? Frame { get; init; }
}

/// <summary>A video that can be ordered.</summary>
/// <param name="Model">As the catalog has it at this moment.</param>
internal sealed record VideoPlan(VideoWork Work, Model Model);

/// <summary>Checks and prices what is asked for, against the catalog of this moment.</summary>
internal sealed class VideoPlanner(LiveCatalog catalog, VideoOptions options, TimeProvider time)
{
    private const int ShortestByDefault = 4;
    private const int LongestSeconds = 3_600;
    private const int MostOptions = 16;
    private const int LongestOption = 500;

    /// <summary>What the house itself tells vendors, and what would make them work for free on our name.</summary>
    private static readonly string[] Reserved = ["callBackUrl", "callbackId", "test"];

    /// <summary>Faults: MODEL_NOT_FOUND, MODEL_OFF, MODEL_UNPRICED, FIELD_*, TEXT_*.</summary>
    /// <param name="ownKey">With a key of the user's own, which needs none of ours.</param>
    public Outcome<VideoPlan> Plan(VideoAsk ask, bool ownKey = false)
    {
        if (!catalog.Current.Find(VideoWork.Kind, ask.Model, catalog.Today, ownKey).TryGet(out var model, out var fault)
            || !VideoShape.Choose(model.Limits, ask.Size).TryGet(out var shape, out fault)
            || !Length(model, ask.Seconds).TryGet(out var length, out fault))
        {
            return fault;
        }

        if (CheckPrompt(ask.Prompt, model.Limits?.Characters ?? VideoOptions.LongestPrompt) is { } wrong || (wrong = CheckOptions(ask.Options)) is not null)
        {
            return wrong;
        }

        if (VideoPricing.Find(model, shape.Resolution) is not { } price)
        {
            return new Fault(FaultCodes.ModelUnpriced, $"{model.Id} {shape.Resolution}".TrimEnd()) { Field = "model" };
        }

        // A length the model is not known to keep to may be asked for; what is set aside does not rely on it.
        long units = price.Unit == "video" ? 1 : length is { IsKept: true, Seconds: { } kept } ? kept
            : Math.Max(length.Seconds ?? 0, Math.Max(options.AssumedSeconds, VideoPricing.LongestSpoken(ask.Prompt)));
        return new VideoPlan(
            new VideoWork(model.Id, ask.Prompt, length.Seconds, shape, price, units, ownKey, time.GetUtcNow(), ask.Options is { Count: > 0 } ? ask.Options : null), model);
    }

    private static Outcome<VideoLength> Length(Model model, int? asked)
    {
        if (model.Limits?.Seconds is { Count: > 0 } offered)
        {
            var seconds = asked ?? offered.Where(s => s >= ShortestByDefault).DefaultIfEmpty(offered.Max()).Min();
            return offered.Contains(seconds) ? new VideoLength(seconds, IsKept: true) : Fault.Invalid("seconds", Said.OneOf(offered.Select(s => $"{s}")));
        }

        return asked is null or (>= 1 and <= LongestSeconds) ? new VideoLength(asked, IsKept: false) : new Fault(FaultCodes.FieldOutOfRange, "seconds", 1, LongestSeconds) { Field = "seconds" };
    }

    private static Fault? CheckPrompt(string prompt, int most)
    {
        if (string.IsNullOrWhiteSpace(prompt))
        {
            return new Fault(FaultCodes.FieldRequired, "prompt") { Field = "prompt" };
        }

        if (FirstUnusable(prompt) is { } position)
        {
            return new Fault(FaultCodes.TextInvalid, position) { Field = "prompt" };
        }

        var length = prompt.EnumerateRunes().Count();
        return length > most ? new Fault(FaultCodes.TextTooLong, length, most) { Field = "prompt" } : null;
    }

    private static Fault? CheckOptions(IReadOnlyDictionary<string, string>? given)
    {
        foreach (var (name, value) in given ?? new Dictionary<string, string>())
        {
            if (Reserved.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                return new Fault(FaultCodes.UnknownField, name) { Field = $"options.{name}" };
            }

            if (name.Length is 0 or > 50 || value.Length > LongestOption || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') || FirstUnusable(value) is not null)
            {
                return Fault.Invalid("options", new Said($"names of letters and digits, with texts of at most {LongestOption} characters", $"名称须为字母和数字，取值最多 {LongestOption} 个字符"));
            }
        }

        return given?.Count > MostOptions ? Fault.Invalid("options", new Said($"at most {MostOptions}", $"最多 {MostOptions} 项")) : null;
    }

    /// <summary>NUL and half a surrogate pair can neither be kept nor sent.</summary>
    private static int? FirstUnusable(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            if (text[at] == '\0' || Rune.DecodeFromUtf16(text.AsSpan(at), out _, out var taken) != System.Buffers.OperationStatus.Done)
            {
                return at + 1;
            }

            at += taken;
        }

        return null;
    }
}

/// <param name="Seconds">Null: as long as the script takes.</param>
/// <param name="IsKept">Whether it is one of the lengths the model makes.</param>
internal readonly record struct VideoLength(int? Seconds, bool IsKept);
