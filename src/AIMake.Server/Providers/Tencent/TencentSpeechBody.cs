using System.Globalization;
using System.Text.Json;

namespace AIMake.Providers.Tencent;

/// <summary>What short and long texts have in common on the wire: names as the vendor writes them, nothing that was not asked for.</summary>
internal static class TencentSpeechBody
{
    public static void Write(Utf8JsonWriter json, SpeechSynthesis request, string text, int sampleRate, string codec)
    {
        json.WriteString("Text", text);
        json.WriteNumber("VoiceType", Voice(request.Voice));
        if (request.Speed != 1) json.WriteNumber("Speed", Speed(request.Speed));
        json.WriteNumber("ModelType", 1);
        if (request.Language.StartsWith("en", StringComparison.OrdinalIgnoreCase)) json.WriteNumber("PrimaryLanguage", 2);
        json.WriteNumber("SampleRate", sampleRate);
        json.WriteString("Codec", codec);
    }

    /// <summary>Voices are numbers.</summary>
    /// <exception cref="ProviderException">This one is not.</exception>
    public static int Voice(string voice) =>
        int.TryParse(voice, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ProviderException(new(ProviderStage.Connect, ProviderParty.Us, ProviderFaultKind.Rejected, Retryable: false, Detail: "not a voice's number"));

    /// <summary>
    /// The vendor's scale of speeds, which is not a factor: -2 is 0.6 times the voice's own speed, -1 0.8, 0 the same, 1 1.2, 2
    /// 1.5 and 6 2.5, with straight lines between. Slower than 0.6 is spoken at 0.6.
    /// </summary>
    public static double Speed(double factor)
    {
        ReadOnlySpan<(double Factor, double Step)> scale = [(0.6, -2), (0.8, -1), (1, 0), (1.2, 1), (1.5, 2), (2.5, 6)];
        if (factor <= scale[0].Factor) return scale[0].Step;
        for (var i = 1; i < scale.Length; i++)
        {
            var (from, to) = (scale[i - 1], scale[i]);
            if (factor <= to.Factor) return Math.Round(from.Step + (factor - from.Factor) / (to.Factor - from.Factor) * (to.Step - from.Step), 2);
        }
        return scale[^1].Step;
    }
}
