using System.Globalization;
using System.Text.Json;

namespace AIMake.Providers.Synthesia;

/// <summary>Reads the vendor's video object, in which only id and status are certain.</summary>
internal static class SynthesiaVideo
{
    /// <exception cref="ProviderException">It is not one.</exception>
    public static VideoTask Read(JsonElement video)
    {
        if (video.Text("id") is not { } id || !IsId(id)) throw ProviderFaults.Invalid("a video without an id");
        if (video.Text("status") is not { } status) throw ProviderFaults.Invalid("a video without a status");
        return status switch
        {
            "complete" => Complete(id, video),
            "error" => Failed(id, ProviderParty.Provider, ProviderFaultKind.ServerError, status),
            "rejected" => Failed(id, ProviderParty.Caller, ProviderFaultKind.Rejected, status),
            "deleted" => Failed(id, ProviderParty.Us, ProviderFaultKind.Rejected, status),
            // Under way, or a word the vendor did not have when this was written.
            _ => new VideoTask(id, VideoTaskState.Running, 0, new Dictionary<VideoVariant, Uri>()),
        };
    }

    /// <summary>Ids are UUIDs; anything else has no place in a path.</summary>
    public static bool IsId(string id) => id.Length is > 0 and <= 64 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-');

    private static VideoTask Complete(string id, JsonElement video)
    {
        var links = new Dictionary<VideoVariant, Uri>
        {
            [VideoVariant.Video] = Link(video, "download") ?? throw ProviderFaults.Invalid("a complete video without a link"),
        };
        if (Link(video.Member("thumbnail"), "image") is { } still) links[VideoVariant.Thumbnail] = still;
        var usage = new ProviderUsage { Count = 1, Seconds = Seconds(video.Text("duration")), Source = UsageSource.Provider };
        return new VideoTask(id, VideoTaskState.Succeeded, 1, links, null, usage);
    }

    private static VideoTask Failed(string id, ProviderParty party, ProviderFaultKind kind, string status) =>
        new(id, VideoTaskState.Failed, 0, new Dictionary<VideoVariant, Uri>(), new ProviderFault(ProviderStage.Decode, party, kind, Retryable: false, Detail: $"status {status}"));

    private static Uri? Link(JsonElement holder, string name) =>
        Uri.TryCreate(holder.Text(name), UriKind.Absolute, out var link) && (link.Scheme == Uri.UriSchemeHttps || link.Scheme == Uri.UriSchemeHttp) ? link : null;

    /// <summary>A length such as <c>0:00:59.000000</c>: hours, minutes, seconds. Zero when it is missing or absurd.</summary>
    private static decimal Seconds(string? duration) =>
        duration?.Split(':') is [var hours, var minutes, var rest]
        && int.TryParse(hours, NumberStyles.None, CultureInfo.InvariantCulture, out var h) && h < 24
        && int.TryParse(minutes, NumberStyles.None, CultureInfo.InvariantCulture, out var m) && m < 60
        && decimal.TryParse(rest, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var s) && s < 60
            ? decimal.Ceiling((h * 3600 + m * 60 + s) * 1000) / 1000
            : 0;
}
