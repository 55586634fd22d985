using System.Globalization;
using System.Text.Json;

namespace AIMake.Providers.Kie;

/// <summary>
/// A task as <c>record-info</c> describes it. The vendor's pages and answers differ, so links are taken as a list or as a text that
/// holds one, inside <c>response</c> or beside it, and codes as numbers or words.
/// </summary>
internal static class KieRecord
{
    public static bool IsId(string id) => id.Length is > 0 and <= 128 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    /// <param name="data"><c>data</c> of the answer.</param>
    /// <exception cref="ProviderException">It is no record of that task.</exception>
    public static VideoTask Read(string taskId, JsonElement data)
    {
        if (data.ValueKind != JsonValueKind.Object) throw ProviderFaults.Invalid("a record that is none");
        if (data.Text("taskId") is { } id && id != taskId) throw ProviderFaults.Invalid("another task than the one asked for");
        var usage = new ProviderUsage { Count = 1 };
        return data.Whole("successFlag") switch
        {
            null => throw ProviderFaults.Invalid("a record without a state"),
            1 => new VideoTask(taskId, VideoTaskState.Succeeded, 1, Links(data), null, usage),
            2 or 3 => new VideoTask(taskId, VideoTaskState.Failed, 0, NoLinks, KieFaults.OfTask(Code(data)), usage),
            _ => new VideoTask(taskId, VideoTaskState.Running, 0, NoLinks),
        };
    }

    public static string ReadId(JsonElement data) => data.Text("taskId") is { } id && IsId(id) ? id : throw ProviderFaults.Invalid("no task id in the answer");

    /// <exception cref="ProviderException">It is no address.</exception>
    public static Uri Link(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var link) && link.Scheme is "https" or "http" ? link : throw ProviderFaults.Invalid("a link that is none");

    private static IReadOnlyDictionary<VideoVariant, Uri> NoLinks => new Dictionary<VideoVariant, Uri>();

    private static Dictionary<VideoVariant, Uri> Links(JsonElement data)
    {
        var response = data.Member("response");
        var link = Link(First(response, "resultUrls") ?? First(data, "resultUrls"));
        var links = new Dictionary<VideoVariant, Uri> { [VideoVariant.Video] = link };
        if (response.Text("resolution") == "1080p") links[VideoVariant.Video1080] = link; // made so from the start
        return links;
    }

    private static string? First(JsonElement element, string name)
    {
        var list = element.Member(name, JsonValueKind.Array);
        if (list.ValueKind == JsonValueKind.Undefined && element.Text(name) is { } text)
        {
            try
            {
                list = JsonElement.Parse(text);
            }
            catch (JsonException)
            {
                return null;
            }
        }
        return list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0 && list[0].ValueKind == JsonValueKind.String ? list[0].Words() : null;
    }

    private static long? Code(JsonElement data) =>
        data.Whole("errorCode") ?? (long.TryParse(data.Text("errorCode"), NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : null);
}
