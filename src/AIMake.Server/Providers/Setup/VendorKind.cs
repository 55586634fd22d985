using AIMake.Providers.Kie;
using AIMake.Providers.Runway;
using AIMake.Providers.Synthesia;

namespace AIMake.Providers.Setup;

/// <summary>What is known about a vendor before anybody has configured anything.</summary>
/// <param name="Type">Name of its dialect, as <see cref="IVendor.Type"/>.</param>
/// <param name="BaseUrl">Where it lives; also the name of the provider that is always there.</param>
/// <param name="MaxConcurrency">Calls side by side with one key that its smaller plans allow.</param>
/// <param name="Rules">Settings it takes besides those of every provider.</param>
/// <param name="IsPair">A key is a pair of id and secret.</param>
internal sealed record VendorKind(string Type, string BaseUrl, int MaxConcurrency, IReadOnlyList<SettingRule> Rules, bool IsPair = false)
{
    public static IReadOnlyDictionary<string, VendorKind> All { get; } = new VendorKind[]
    {
        new("openai", "https://api.openai.com/v1", 256,
        [
            SettingRule.Header("Organization"), SettingRule.Header("Project"), SettingRule.List("Models"), SettingRule.List("Voices"),
            SettingRule.Word("Format", "pcm", "wav"), SettingRule.Number("SampleRate", 8_000, 192_000), SettingRule.Number("MaximumCharacters", 20, 100_000),
            SettingRule.Word("Profile", "openai", "azure", "compatible"), SettingRule.Pattern("ApiVersion", "^[0-9a-z-]{1,32}$", "2024-10-21"),
        ]),
        new("elevenlabs", "https://api.elevenlabs.io", 8, []),
        new("tencent", "https://tts.tencentcloudapi.com", 20, [SettingRule.Header("Region"), SettingRule.Word("SampleRate", "8000", "16000", "24000")], IsPair: true),
        new("synthesia", "https://api.synthesia.io", 8, [SettingRule.Word("Test", "true", "false"), SettingRule.Text(SynthesiaVendor.NoticeSecretSetting)]),
        new("runway", RunwayVendor.DefaultBaseUrl, 8, []),
        new("kie", KieVendor.DefaultBaseUrl, 20, [SettingRule.Text(KieClient.UploadSetting), SettingRule.Text(KieVendor.NoticeKeySetting)]),
    }.ToDictionary(kind => kind.Type);

    /// <summary>Providers of another name whose kind goes without saying: <c>LLM_API_KEY</c> is for any server that speaks OpenAI.</summary>
    public static IReadOnlyDictionary<string, string> TypeOfName { get; } =
        All.Keys.ToDictionary(type => type).Append(new("llm", "openai")).ToDictionary();
}

/// <summary>A setting only some vendors have, and how it is checked at start.</summary>
/// <param name="Fault">What is wrong with a value, in words that do not repeat it; null when nothing is.</param>
internal sealed record SettingRule(string Name, Func<string, string?> Fault)
{
    public static SettingRule Text(string name) => new(name, value => value.Length <= 1000 ? null : "is too long.");

    /// <summary>Goes into a header.</summary>
    public static SettingRule Header(string name) =>
        new(name, value => Platform.Outbound.OutboundHeaders.IsSafe(value) ? null : "has characters that cannot be sent in a header; copy it again without line breaks.");

    public static SettingRule Pattern(string name, string pattern, string example) =>
        new(name, value => System.Text.RegularExpressions.Regex.IsMatch(value, pattern) ? null : $"must look like {example}.");

    /// <summary>Names with commas between, or a JSON array.</summary>
    public static SettingRule List(string name) => Text(name);

    public static SettingRule Word(string name, params string[] words) =>
        new(name, value => words.Contains(value, StringComparer.OrdinalIgnoreCase) ? null : $"must be {string.Join(", ", words[..^1])} or {words[^1]}.");

    public static SettingRule Number(string name, int least, int most) =>
        new(name, value => int.TryParse(value, out var number) && number >= least && number <= most ? null : $"must be a number from {least} to {most}.");
}
