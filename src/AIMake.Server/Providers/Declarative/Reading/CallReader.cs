using System.Text;
using System.Text.Json;
using AIMake.Platform.Outbound;
using AIMake.Providers.Declarative.Calls;

namespace AIMake.Providers.Declarative.Reading;

/// <summary>Reads what all seams have in common: requests, polling, usage, error mapping.</summary>
internal static class CallReader
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];

    /// <summary>Headers that are ours to set, or the connection's.</summary>
    private static readonly HashSet<string> OwnHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Content-Length", "Content-Type", "Transfer-Encoding", "Connection", "Authorization", "Cookie", "User-Agent", "Upgrade", "TE", "Expect", "Proxy-Authorization",
    };

    /// <param name="names">Placeholders there are; <c>options.</c> at the end of one stands for any name behind it.</param>
    public static CallDescription? Call(Section seam, IReadOnlyList<string> names)
    {
        var request = Request(seam, "request", names, HttpMethod.Post, required: true);
        var poll = seam.Object("poll") is { } section ? Poll(section) : null;
        var usage = seam.Object("usage") is { } paths ? Usage(paths) : UsagePaths.None;
        var words = Words(seam, names);
        return request is null ? null : new CallDescription(request, poll, usage, words);
    }

    public static RequestTemplate? Request(Section parent, string name, IReadOnlyList<string> names, HttpMethod otherwise, bool required = false)
    {
        if (parent.Object(name, required) is not { } section) return null;
        var method = section.Word("method", required: false, Methods) is { } word ? HttpMethod.Parse(word) : otherwise;
        var path = Path(section);
        var query = Pairs(section, "query");
        var headers = Headers(section, "headers");
        var body = section.Any("body") is { } json ? JsonTemplate.Parse(json, section.At("body"), section.Faults.Add) : null;
        var parts = section.Has("form") ? Pairs(section, "form") : null;
        var upload = section.Word("upload", required: false, "file", "image");
        if (new[] { "body", "form", "upload" }.Count(section.Has) > 1) section.Faults.Add(section.Path, "has more than one of body, form and upload", "body、form 和 upload 只能有一个");
        section.NothingElse();
        if (path is null) return null;
        var request = new RequestTemplate(method, path, query, [.. headers.Select(header => (header.Key, header.Value))], body, parts, upload);
        foreach (var unknown in request.Names.Distinct().Where(used => !IsKnown(used, names)))
            section.Faults.Add(
                section.Path,
                $"{{{{{unknown}}}}} stands for nothing here. There is {(names.Count == 0 ? "nothing to put in" : string.Join(", ", names.Select(Shown)))}",
                $"{{{{{unknown}}}}} 在此处没有含义，{(names.Count == 0 ? "这里没有可用的占位符" : $"可用的有：{string.Join("、", names.Select(Shown))}")}");
        return request;
    }

    public static IReadOnlyDictionary<string, string> Headers(Section section, string name)
    {
        var headers = section.Texts(name);
        foreach (var (header, value) in headers)
        {
            if (OwnHeaders.Contains(header) || !IsToken(header)) section.Faults.Add($"{section.At(name)}.{header}", "is not a header to be set here", "不是可以在此设置的请求头");
            if (!OutboundHeaders.IsSafe(value)) section.Faults.Add($"{section.At(name)}.{header}", "has characters that cannot be sent in a header", "含有不能放在请求头中的字符");
        }
        return headers;
    }

    public static AnswerRules Rules(Section file)
    {
        SuccessRule? success = null;
        if (file.Object("success") is { } section)
        {
            var (at, words) = (section.PathTo("at", required: true), section.Words("is"));
            if (words is null) section.Problem("is", "is missing", "缺失");
            section.NothingElse();
            if (at is not null && words is not null) success = new SuccessRule(at, words);
        }
        return new AnswerRules(success, [.. file.Sections("errors").Select(Error).OfType<ErrorRule>()]);
    }

    public static bool IsToken(string header) => header.Length is > 0 and <= 64 && header.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static ErrorRule? Error(Section rule)
    {
        var kind = rule.Word("kind", required: true, Kinds);
        var status = Statuses(rule);
        var at = rule.PathTo("at");
        var (words, pieces, retry) = (rule.Words("is"), rule.Words("contains"), rule.Truth("retry"));
        if (at is null && !rule.Has("at") && (words is not null || pieces is not null)) rule.Problem("at", "is missing: where in the answer is it to look?", "缺失：要看回答中的哪个位置？");
        if (status is null && at is null && !rule.Has("at") && !rule.Has("status")) rule.Faults.Add(rule.Path, "names neither a status nor a place in the answer, and would fit everything", "既没有 status，也没有 at，会匹配一切");
        rule.NothingElse();
        return kind is null ? null : new ErrorRule(status, at, words, pieces, Enum.Parse<ProviderFaultKind>(kind, ignoreCase: true), retry);
    }

    private static IReadOnlyCollection<string> Kinds => [.. Enum.GetNames<ProviderFaultKind>().Except([nameof(ProviderFaultKind.Lost)]).Select(JsonNamingPolicy.CamelCase.ConvertName)];

    private static List<int>? Statuses(Section rule)
    {
        if (rule.Words("status") is not { } words) return null;
        var statuses = words.Select(word => int.TryParse(word, out var status) && status is >= 100 and < 600 ? status : 0).ToList();
        if (statuses.Contains(0)) rule.Problem("status", "must be an HTTP status, or a list of them", "必须是 HTTP 状态码，或由它们组成的列表");
        return statuses;
    }

    private static PollDescription? Poll(Section poll)
    {
        var (task, state) = (poll.PathTo("task", required: true), poll.PathTo("state", required: true));
        var request = Request(poll, "request", ["task"], HttpMethod.Get, required: true);
        var result = Request(poll, "result", ["task"], HttpMethod.Get);
        var states = States(poll);
        var (progress, progressOf) = (poll.PathTo("progress"), poll.Number("progressOf", 0.001m, 1_000_000) ?? 1);
        var every = poll.Seconds("every", 0.05, 600, 5);
        var atMost = poll.Seconds("atMost", 0.05, 3600, Math.Max(30, every.TotalSeconds));
        var within = poll.Seconds("within", 1, 86_400, 600);
        if (atMost < every) poll.Problem("atMost", "is shorter than every", "小于 every");
        poll.NothingElse();
        return task is null || state is null || request is null
            ? null
            : new PollDescription(task, request, state, states, progress, progressOf, result, every, atMost, within);
    }

    private static Dictionary<string, VideoTaskState> States(Section poll)
    {
        var states = new Dictionary<string, VideoTaskState>(StringComparer.Ordinal);
        if (poll.Object("states", required: true) is not { } section) return states;
        foreach (var state in Enum.GetValues<VideoTaskState>())
            foreach (var word in section.Words(JsonNamingPolicy.CamelCase.ConvertName(state.ToString())) ?? [])
                if (!states.TryAdd(word, state)) section.Faults.Add(section.Path, $"\"{word}\" is given two meanings", $"“{word}”有两种含义");
        foreach (var needed in new[] { VideoTaskState.Succeeded, VideoTaskState.Failed })
            if (!states.ContainsValue(needed)) section.Problem(JsonNamingPolicy.CamelCase.ConvertName(needed.ToString()), "is missing: a task must be able to end", "缺失：任务必须能够结束");
        section.NothingElse();
        return states;
    }

    private static UsagePaths Usage(Section usage)
    {
        var paths = new UsagePaths
        {
            InputTokens = usage.PathTo("inputTokens"),
            CachedTokens = usage.PathTo("cachedTokens"),
            OutputTokens = usage.PathTo("outputTokens"),
            Characters = usage.PathTo("characters"),
            Seconds = usage.PathTo("seconds"),
            Count = usage.PathTo("count"),
            Cost = usage.PathTo("cost"),
            CostScale = usage.Number("costScale", 0, 1_000) ?? 1,
        };
        usage.NothingElse();
        return paths;
    }

    private static Dictionary<string, IReadOnlyDictionary<string, JsonElement>> Words(Section seam, IReadOnlyList<string> names)
    {
        var words = new Dictionary<string, IReadOnlyDictionary<string, JsonElement>>(StringComparer.Ordinal);
        if (seam.Object("words") is not { } section) return words;
        foreach (var name in section.Members.Where(name => IsKnown(name, names)))
        {
            if (section.Object(name, required: true) is not { } list) continue;
            words[name] = list.Members.ToDictionary(word => word, word => list.Any(word)!.Value.Clone(), StringComparer.Ordinal);
        }
        section.NothingElse();
        return words;
    }

    private static TemplateText? Path(Section section)
    {
        if (section.Text("path", required: true, longest: 1000) is not { } text) return null;
        var path = TemplateText.Parse(text);
        if (path is null) section.Problem("path", "has a placeholder that is not one. Write {{name}} or {{name|otherwise}}", "占位符写法不对，应为 {{name}} 或 {{name|otherwise}}");
        var plain = text.Contains("{{", StringComparison.Ordinal) ? System.Text.RegularExpressions.Regex.Replace(text, @"\{\{[^{}]*\}\}", "x", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)) : text;
        if (plain[0] != '/' || plain.StartsWith("//", StringComparison.Ordinal) || plain.Split('/').Contains("..") || plain.AsSpan().IndexOfAny("?#\\ ") >= 0 || !Ascii.IsValid(plain))
            section.Problem(
                "path", "must begin with one / and have no .., ?, # or blanks; what follows a ? belongs into query",
                "必须以一个 / 开头，不能含有 ..、?、# 或空格；? 之后的内容请写入 query");
        return path;
    }

    private static List<(string, TemplateText)> Pairs(Section section, string name)
    {
        var pairs = new List<(string, TemplateText)>();
        foreach (var (member, text) in section.Texts(name))
        {
            if (TemplateText.Parse(text) is { } value) pairs.Add((member, value));
            else section.Faults.Add($"{section.At(name)}.{member}", "has a placeholder that is not one. Write {{name}} or {{name|otherwise}}", "占位符写法不对，应为 {{name}} 或 {{name|otherwise}}");
            if (!OutboundHeaders.IsSafe(member) || member.Contains('"', StringComparison.Ordinal)) section.Faults.Add($"{section.At(name)}.{member}", "is not a name that can be sent", "不是可以发送的名称");
        }
        return pairs;
    }

    /// <summary>A name that ends in a dot stands for many.</summary>
    private static string Shown(string name) => name.EndsWith('.') ? $"{name}<name>" : name;

    private static bool IsKnown(string used, IReadOnlyList<string> names) =>
        names.Contains(used) || names.Any(name => name.EndsWith('.') && used.StartsWith(name, StringComparison.Ordinal));
}
