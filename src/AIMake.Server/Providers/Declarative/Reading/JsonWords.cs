using System.Text.Json;
using AIMake.Catalog;

namespace AIMake.Providers.Declarative.Reading;

/// <summary>Says in our words what the reader of JSON found: its own speak of types, which are no business of who writes files.</summary>
internal static class JsonWords
{
    /// <summary>What keeps a text from being JSON, with the line and the place in it, both from 1.</summary>
    public static Localized NotJson(JsonException e)
    {
        var (line, at) = ((e.LineNumber ?? 0) + 1, (e.BytePositionInLine ?? 0) + 1);
        if (e.Message.Contains("uplicate", StringComparison.Ordinal) && Quoted(e.Message) is [var twice, ..])
            return new($"line {line}: {twice} stands twice in one object", $"第 {line} 行：同一对象中 {twice} 出现了两次");
        return e.Message.Contains("depth", StringComparison.Ordinal)
            ? new($"line {line}: more than {DescriptionReader.MaxDepth} levels deep", $"第 {line} 行：嵌套超过 {DescriptionReader.MaxDepth} 层")
            : new(
                $"line {line}: this is not JSON, at byte {at} of the line. Is a comma, a quote or a bracket missing, or one too many?",
                $"第 {line} 行：第 {at} 个字节处不是有效的 JSON，请检查是否缺少或多出逗号、引号或括号");
    }

    /// <summary>What is wrong with a value that is JSON and not of the shape it should have; its place is the exception's.</summary>
    public static Localized WrongShape(JsonException e)
    {
        var names = Quoted(e.Message);
        if (e.Message.Contains("missing required", StringComparison.Ordinal) && names.Count > 1)
        {
            var missing = string.Join(", ", names.Skip(1)); // the first is the type's
            return new(names.Count == 2 ? $"{missing} is missing" : $"{missing} are missing", $"缺少 {missing}");
        }
        if (e.Message.Contains("could not be mapped", StringComparison.Ordinal)) return new("is not known here", "此处没有这个字段");
        if (e.Message.Contains("uplicate", StringComparison.Ordinal) && names is [var twice, ..]) return new($"{twice} stands here twice", $"{twice} 出现了两次");
        if (e.Message.Contains("null", StringComparison.Ordinal)) return new("must not be null", "不能为 null");
        return Wanted(e.Message) is { } kind ? new($"must be {kind.En}", $"必须是{kind.Zh}") : new("has a value of the wrong kind", "值的类型不对");
    }

    private static Localized? Wanted(string message)
    {
        const string before = "could not be converted to ";
        var start = message.IndexOf(before, StringComparison.Ordinal);
        if (start < 0) return null;
        var type = message.AsSpan(start + before.Length);
        if (type.StartsWith("System.Nullable`1[")) type = type["System.Nullable`1[".Length..];
        if (type.StartsWith("System.Collections.") || type.IndexOf("[]") >= 0) return new("a list", "列表");
        if (type.StartsWith("System.String")) return new("a text", "文本");
        if (type.StartsWith("System.Boolean")) return new("true or false", " true 或 false");
        if (type.StartsWith("System.DateOnly")) return new("a date such as 2026-11-21", "日期，如 2026-11-21");
        if (type.StartsWith("System.Int")) return new("a whole number", "整数");
        return type.StartsWith("System.Decimal") || type.StartsWith("System.Double") ? new("a number", "数字") : null; // one of ours may stand for its member
    }

    /// <summary>What stands between single quotes.</summary>
    private static IReadOnlyList<string> Quoted(string message) => [.. message.Split('\'').Where((_, i) => i % 2 == 1)];
}
