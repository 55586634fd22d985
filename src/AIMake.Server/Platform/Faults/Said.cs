namespace AIMake.Platform.Faults;

/// <summary>Words within a message, in both languages: a sentence told in Chinese gives its reason in Chinese.</summary>
/// <param name="En">English, without a full stop.</param>
/// <param name="Zh">The same in simplified Chinese.</param>
internal sealed record Said(string En, string Zh)
{
    public static readonly Said WrongType = new("wrong type or value", "类型或取值不正确");
    public static readonly Said NotUnicode = new("it is not valid Unicode text", "不是有效的 Unicode 文本");
    public static readonly Said NoNul = new("a NUL character cannot be used", "不能包含 NUL 字符");
    public static readonly Said NoControls = new("control characters are not allowed", "不能包含控制字符");
    public static readonly Said NotAnObject = new("the body must be a JSON object", "请求体必须是 JSON 对象");
    public static readonly Said Unreadable = new("unreadable", "无法读取");
    public static readonly Said TooSlow = new("too slow", "传输过慢");
    public static readonly Said Pair = new("id:secret", "格式为 id:secret");
    public static readonly Said Instant = new("an ISO 8601 date or time", "须为 ISO 8601 日期或时间");

    /// <summary>The values there are.</summary>
    public static Said OneOf(params IEnumerable<string> names)
    {
        var list = string.Join(", ", names);
        return new($"choose one of {list}", $"可选：{list}");
    }

    public static Said AtMost(int characters) => new($"at most {characters} characters", $"最多 {characters} 个字符");

    /// <summary>How long a text may be.</summary>
    public static Said Characters(int most) => new($"1 to {most} characters", $"须为 1 到 {most} 个字符");

    /// <summary>What a thing may be called.</summary>
    public static Said Name(int most) =>
        new($"1 to {most} printable characters, no space at either end", $"须为 1 到 {most} 个可打印字符，首尾不能有空格");

    /// <summary>The words in the given language: <c>zh*</c> is Chinese, anything else English.</summary>
    public string In(string language) => language.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? Zh : En;

    /// <summary>English, as logs and stored arguments have it.</summary>
    public override string ToString() => En;
}
