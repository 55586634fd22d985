using AIMake.Catalog;

namespace AIMake.Speech.Voices;

/// <summary>What a voice says to introduce itself, in its own language.</summary>
internal static class PreviewTexts
{
    private static readonly Dictionary<string, string> ByLanguage = new(StringComparer.OrdinalIgnoreCase)
    {
        ["en"] = "Hello! This is how I sound. Give me a text, and I will read it to you.",
        ["zh"] = "你好！这就是我的声音。给我一段文字，我来读给你听。",
        ["cmn"] = "你好！这就是我的声音。给我一段文字，我来读给你听。",
        ["yue"] = "你好！呢個就係我嘅聲音。畀段文字我，我讀畀你聽。",
        ["ja"] = "こんにちは。これがわたしのこえです。",
        ["ko"] = "안녕하세요. 제 목소리입니다. 글을 주시면 읽어 드릴게요.",
        ["de"] = "Hallo! So klinge ich. Gib mir einen Text, und ich lese ihn dir vor.",
        ["fr"] = "Bonjour ! Voici ma voix. Donnez-moi un texte et je vous le lirai.",
        ["es"] = "¡Hola! Así sueno yo. Dame un texto y te lo leeré.",
        ["it"] = "Ciao! Questa è la mia voce. Dammi un testo e te lo leggerò.",
        ["pt"] = "Olá! Esta é a minha voz. Dê-me um texto e eu leio para você.",
        ["nl"] = "Hallo! Zo klink ik. Geef me een tekst, dan lees ik hem voor.",
        ["ru"] = "Здравствуйте! Это мой голос. Дайте мне текст, и я его прочитаю.",
        ["pl"] = "Cześć! Tak brzmi mój głos. Daj mi tekst, a przeczytam go.",
        ["sv"] = "Hej! Så här låter jag. Ge mig en text så läser jag den för dig.",
        ["tr"] = "Merhaba! Sesim böyle. Bana bir metin ver, sana okuyayım.",
        ["ar"] = "مرحبا! هذا هو صوتي. أعطني نصا وسأقرؤه لك.",
        ["hi"] = "नमस्ते! यह मेरी आवाज़ है।",
        ["vi"] = "Xin chào! Đây là giọng của tôi.",
        ["id"] = "Halo! Beginilah suara saya.",
    };

    /// <summary>Where we know no sentence: digits, which every voice reads in its own words.</summary>
    private const string Digits = "1, 2, 3, 4, 5.";

    public static string For(Voice voice)
    {
        var language = voice.Language == Voice.AnyLanguage ? "en" : voice.Language.Split('-')[0];
        return ByLanguage.GetValueOrDefault(language, Digits);
    }
}
