using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using AIMake.Catalog;
using AIMake.Platform.Outbound;
using AIMake.Platform.Settings;

namespace AIMake.Providers.Declarative.Reading;

/// <summary>
/// Turns a file into a description, or tells everything that is wrong with it. <paramref name="mayCall"/> judges the base
/// address as the way out will.
/// </summary>
internal sealed partial class DescriptionReader(Func<string, bool> mayCall)
{
    public const int MaxDepth = 32;

    private static readonly Localized HalfCharacter = new("the file holds half a character (a lone surrogate) in a text or name", "文件的文本或字段名中有半个字符（孤立的代理项）");

    private static readonly JsonDocumentOptions Strict = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <param name="name">The file's name without its extension.</param>
    /// <returns>Either a description or at least one problem.</returns>
    public (ProviderDescription? Description, IReadOnlyList<Localized> Problems) Read(string name, byte[] json)
    {
        if (!Utf8.IsValid(json)) return (null, [new("the file is not text in UTF-8", "文件不是 UTF-8 编码的文本")]);
        if (json.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) json = json[3..];
        JsonElement root;
        try
        {
            root = JsonElement.Parse(json, Strict);
        }
        catch (JsonException e)
        {
            return (null, [JsonWords.NotJson(e)]);
        }
        catch (InvalidOperationException)
        {
            return (null, [HalfCharacter]); // the search for duplicates cannot read such a name
        }
        if (root.ValueKind != JsonValueKind.Object) return (null, [new("line 1: the file must hold an object", "第 1 行：文件内容必须是一个对象")]);
        try
        {
            var faults = new FileFaults(new JsonLines(json));
            var description = Read(name, new Section(root, "", faults));
            return faults.Found.Count == 0 ? (description, []) : (null, faults.Found);
        }
        catch (Exception e) when (e is InvalidOperationException or JsonException)
        {
            return (null, [HalfCharacter]); // JSON by its grammar, and nothing that can be read or written as text
        }
    }

    private ProviderDescription Read(string name, Section file)
    {
        file.Any("$schema");
        var baseUrl = BaseUrl(file);
        var (key, variable) = Key(file);
        var (models, voices) = Offer(name, file);
        var description = new ProviderDescription(name, file.Text("title") ?? name, baseUrl)
        {
            Key = key,
            KeyVariable = variable,
            Headers = CallReader.Headers(file, "headers"),
            Concurrency = file.Whole("concurrency", 1, 10_000, ProviderDescription.DefaultConcurrency),
            Test = CallReader.Request(file, "test", [], HttpMethod.Get),
            Rules = CallReader.Rules(file),
            Speech = SeamReader.Speech(file),
            Chat = SeamReader.Chat(file),
            Embedding = SeamReader.Embedding(file),
            Image = SeamReader.Image(file),
            Video = SeamReader.Video(file),
            Transcription = SeamReader.Transcription(file),
            Models = models,
            Voices = voices,
        };
        foreach (var kind in models.Select(model => model.Kind).Distinct().Where(kind => CatalogValidator.Kinds.Contains(kind) && !file.Has(kind)))
            file.Problem("models", $"offers {kind}, and nothing says how that is done: {kind} is missing", $"提供 {kind}，但没有说明如何调用：缺少 {kind}");
        file.NothingElse();
        return description;
    }

    private Uri BaseUrl(Section file)
    {
        var nowhere = new Uri("https://nowhere.invalid");
        if (file.Text("baseUrl", required: true, longest: 2000) is not { } text) return nowhere;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") || url.Query.Length > 0 || url.Fragment.Length > 0 || url.UserInfo.Length > 0)
            file.Problem(
                "baseUrl", "must be an http or https address without user name, ? or #, such as https://api.example.com/v1",
                "必须是 http 或 https 地址，不含用户名、? 或 #，如 https://api.example.com/v1");
        else if (IsInvented(url.IdnHost))
            file.Problem(
                "baseUrl", $"the name {url.IdnHost} does not resolve: it is reserved for examples. Put the service's own address here",
                $"域名 {url.IdnHost} 无法解析：它是示例专用的域名，请填写服务的真实地址");
        else if (!mayCall(text))
            file.Problem("baseUrl", "may not be called from here. Use a public https address, or name its host and port in AIMAKE_ALLOWED_HOSTS",
                "不允许从此处访问。请使用公网 https 地址，或把主机和端口写入 AIMAKE_ALLOWED_HOSTS");
        return url ?? nowhere;
    }

    /// <summary>Endings that no name server knows, kept free for manuals and tests.</summary>
    private bool IsInvented(string host) =>
        (host.EndsWith(".example", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".invalid", StringComparison.OrdinalIgnoreCase)) && !mayCall($"https://{host}");

    private static (KeyHeader?, string?) Key(Section file)
    {
        if (file.Object("auth") is not { } auth)
        {
            if (file.Has("key")) file.Problem("key", "is never sent: auth is missing", "不会被发送：缺少 auth");
            file.Any("key");
            return (null, null);
        }
        var type = auth.Word("type", required: true, "bearer", "header");
        var header = type == "header" ? auth.Text("name", required: true, longest: 64) : null;
        var prefix = type == "header" ? auth.Text("prefix", longest: 32) : null;
        if (header is not null && (!CallReader.IsToken(header) || header.Equals("Host", StringComparison.OrdinalIgnoreCase))) auth.Problem("name", "is not the name of a header", "不是请求头的名称");
        if (prefix is not null && !OutboundHeaders.IsSafe(prefix.TrimEnd(' '))) auth.Problem("prefix", "has characters that cannot be sent in a header", "含有不能放在请求头中的字符");
        auth.NothingElse();
        return (type == "bearer" ? new KeyHeader("Authorization", "Bearer ") : new KeyHeader(header ?? "", prefix ?? ""), Variable(file));
    }

    /// <summary>
    /// The variable the key comes from. Those the server itself reads are out of bounds: a file must not carry the signing
    /// secret, or another vendor's key, to a host of its own choice.
    /// </summary>
    private static string? Variable(Section file)
    {
        if (file.Object("key") is not { } key) return null;
        var name = key.Text("env", required: true, longest: 100);
        key.NothingElse();
        if (name is null) return null;
        if (!VariableName().IsMatch(name))
            key.Problem(
                "env", "must be upper-case letters, digits and _, and end in KEY or TOKEN, such as LUMEN_API_KEY",
                "必须由大写字母、数字和 _ 组成，并以 KEY 或 TOKEN 结尾，如 LUMEN_API_KEY");
        else if (FlatNames.All.ContainsKey(name))
            key.Problem("env", "is a setting of this server and not given to others; use a variable of its own", "是本服务器自己的设置，不会提供给别人；请使用专用的变量");
        return name;
    }

    /// <summary>Models and voices in the catalog's own shape; the provider is this one.</summary>
    private static (IReadOnlyList<Model>, IReadOnlyList<VoiceEntry>) Offer(string name, Section file)
    {
        var models = new List<Model>();
        foreach (var (value, path) in file.List("models"))
        {
            if (value.ValueKind != JsonValueKind.Object)
            {
                file.Faults.Add(path, "must be an object", "必须是对象");
                continue;
            }
            var node = JsonObject.Create(value)!;
            if (node.ContainsKey("provider")) file.Faults.Add($"{path}.provider", "is this file's own name and is left out", "就是本文件的名称，无需填写");
            node["provider"] = name;
            if (Typed<Model>(JsonSerializer.SerializeToElement(node), path, file.Faults) is { } model) models.Add(model);
        }
        var voices = file.List("voices", most: 2000).Select(voice => Typed<VoiceEntry>(voice.Value, voice.Path, file.Faults)).OfType<VoiceEntry>().ToList();
        if (models.Count == file.List("models").Count)
            foreach (var fault in CatalogValidator.Check(new CatalogFile(models, voices)))
            {
                var colon = fault.IndexOf(": ", StringComparison.Ordinal);
                file.Faults.Add(fault[..colon], fault[(colon + 2)..], fault[(colon + 2)..]); // the catalog's own rules are told in English
            }
        return (models, voices);
    }

    private static T? Typed<T>(JsonElement element, string path, FileFaults faults)
        where T : class
    {
        try
        {
            return element.Deserialize<T>(CatalogReader.Options);
        }
        catch (JsonException e)
        {
            faults.Add(e.Path is { Length: > 2 } inner ? $"{path}.{inner[2..]}" : path, JsonWords.WrongShape(e));
            return null;
        }
    }

    [GeneratedRegex("^[A-Z][A-Z0-9_]*(KEY|TOKEN)$", RegexOptions.None, 1000)]
    private static partial Regex VariableName();
}
