using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace AIMake.Providers.Espeak;

/// <summary>
/// The engine inside a worker process. It is a C library with global state, written for trusted text: that is why it lives in a
/// process of its own that may crash. One thread, one call at a time.
/// </summary>
internal static unsafe class EspeakEngine
{
    private const int BufferMilliseconds = 150;

    private static EspeakFrameWriter _output = null!;
    private static string _voice = "";
    private static bool _broken;

    /// <summary>Loads library and data. Returns the sample rate, or a negative error of the engine.</summary>
    public static int Start(EspeakFrameWriter output, string? dataPath)
    {
        _output = output;
        var rate = EspeakNative.Initialize(EspeakNative.OutputSynchronous, BufferMilliseconds, dataPath, EspeakNative.InitializeDontExit);
        if (rate > 0) EspeakNative.SetSynthCallback(&OnSamples);
        return rate;
    }

    public static string Version => Text(EspeakNative.Info(null));

    /// <summary>Speaks the text into the output. Returns null, or the word for what was wrong.</summary>
    public static string? Speak(string voice, int wordsPerMinute, ReadOnlySpan<byte> utf8)
    {
        if (voice != _voice)
        {
            _voice = "";
            if (EspeakNative.SetVoiceByName(voice) != 0) return EspeakProtocol.ErrorVoice;
            _voice = voice;
        }
        EspeakNative.SetParameter(EspeakNative.RateParameter, wordsPerMinute, 0);

        var text = new byte[utf8.Length + 1];
        utf8.CopyTo(text);
        fixed (byte* start = text)
        {
            var result = EspeakNative.Synth(
                start, (nuint)text.Length, 0, EspeakNative.PositionCharacter, 0, EspeakNative.FlagsUtf8Text, null, null);
            if (_broken) throw new IOException("The server stopped listening.");
            return result == 0 ? null : EspeakProtocol.ErrorEngine;
        }
    }

    /// <summary>Every language voice the engine has: its preferred name, all its language tags, its file.</summary>
    public static List<EspeakEngineVoice> ListVoices()
    {
        var voices = new List<EspeakEngineVoice>();
        for (var voice = EspeakNative.ListVoices(null); *voice != null; voice++)
        {
            var languages = new List<string>();
            for (var entry = (*voice)->Languages; *entry != 0;)
            {
                var tag = Text(entry + 1);
                languages.Add(tag);
                entry += 1 + Encoding.UTF8.GetByteCount(tag) + 1;
            }
            voices.Add(new EspeakEngineVoice(Text((*voice)->Name), languages, Text((*voice)->Identifier)));
        }
        return voices;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnSamples(short* samples, int count, void* events)
    {
        if (samples == null || count <= 0) return 0;
        try
        {
            _output.Samples(new ReadOnlySpan<byte>(samples, count * sizeof(short)));
            return 0;
        }
        catch (IOException)
        {
            _broken = true;
            return 1;
        }
    }

    private static string Text(byte* utf8) => Marshal.PtrToStringUTF8((nint)utf8) ?? "";
}

/// <summary>A voice as the engine lists it.</summary>
internal sealed record EspeakEngineVoice(string Name, IReadOnlyList<string> Languages, string Identifier);
