using System.Globalization;
using AIMake.Catalog;
using AIMake.Platform.Faults;

namespace AIMake.Video;

/// <summary>What a video looks like, in the three ways it is spoken of.</summary>
/// <param name="Size">In pixels, as OpenAI says it: <c>1280x720</c>. Null where the vendor chooses.</param>
/// <param name="Resolution">As catalogs and vendors say it: <c>720p</c>, the shorter side.</param>
/// <param name="Ratio"><c>16:9</c>.</param>
internal sealed record VideoShape(string? Size, string? Resolution, string? Ratio)
{
    private const double Near = 0.02;

    /// <summary>The shape asked for, or the model's first where nothing is. Faults name the sizes there are.</summary>
    public static Outcome<VideoShape> Choose(ModelLimits? limits, string? size)
    {
        var offered = Offered(limits);
        if (size is null)
        {
            return offered.FirstOrDefault() ?? new VideoShape(null, null, null);
        }

        if (!TryRead(size, out var width, out var height))
        {
            return Fault.Invalid("size", offered.Count > 0 ? Said.OneOf(offered.Select(o => o.Size!)) : new Said("width and height in pixels, e.g. 1280x720", "须为像素宽高，例如 1280x720"));
        }

        if (limits?.Sizes is { Count: > 0 } && offered.Count > 0)
        {
            return offered.FirstOrDefault(o => o.Size == size) is { } exact ? exact : Fault.Invalid("size", Said.OneOf(offered.Select(o => o.Size!)));
        }

        var ratio = limits?.Ratios is { Count: > 0 } ratios ? ratios.FirstOrDefault(r => IsNear(r, width, height)) : Reduce(width, height);
        return ratio is null
            ? Fault.Invalid("size", Said.OneOf(offered.Select(o => o.Size!)))
            : new VideoShape(size, $"{Math.Min(width, height)}p", ratio);
    }

    /// <summary>Every shape of a model whose ratios are known; 720p where its resolutions are not.</summary>
    public static IReadOnlyList<VideoShape> Offered(ModelLimits? limits)
    {
        var known = limits?.Sizes is { Count: > 0 } sizes ? sizes : null;
        return
        [
            .. from resolution in known ?? ["720p"]
               from ratio in limits?.Ratios ?? []
               let size = Pixels(resolution, ratio)
               where size is not null
               select new VideoShape(size, known is null ? null : resolution, ratio),
        ];
    }

    private static string? Pixels(string resolution, string ratio)
    {
        if (!TrySides(ratio, out var across, out var down) || !resolution.EndsWith('p') || !int.TryParse(resolution.AsSpan()[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var shorter))
        {
            return null;
        }

        var longer = Even(shorter * Math.Max(across, down) / Math.Min(across, down));
        return across >= down ? $"{longer}x{shorter}" : $"{shorter}x{longer}";
    }

    private static bool TryRead(string size, out int width, out int height)
    {
        (width, height) = (0, 0);
        return size.Length <= 11 && size.Split('x') is [var w, var h]
            && int.TryParse(w, NumberStyles.None, CultureInfo.InvariantCulture, out width) && int.TryParse(h, NumberStyles.None, CultureInfo.InvariantCulture, out height)
            && width is >= 16 and <= 16_384 && height is >= 16 and <= 16_384;
    }

    private static bool TrySides(string ratio, out double across, out double down)
    {
        (across, down) = (0, 0);
        return ratio.Split(':') is [var a, var d]
            && double.TryParse(a, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out across) && double.TryParse(d, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out down)
            && across > 0 && down > 0;
    }

    private static bool IsNear(string ratio, int width, int height) =>
        TrySides(ratio, out var across, out var down) && Math.Abs((double)width / height / (across / down) - 1) <= Near;

    private static int Even(double length) => (int)Math.Round(length / 2) * 2;

    private static string Reduce(int width, int height)
    {
        var divisor = (int)System.Numerics.BigInteger.GreatestCommonDivisor(width, height);
        return $"{width / divisor}:{height / divisor}";
    }
}
