using System.Runtime.InteropServices;

namespace AIMake.Providers.Espeak;

/// <summary>The few calls of libespeak-ng that we need. Only the worker process loads the library.</summary>
internal static unsafe partial class EspeakNative
{
    private const string Library = "libespeak-ng.so.1";

    public const int OutputSynchronous = 2;
    public const int InitializeDontExit = 0x8000;
    public const int RateParameter = 1;
    public const int PositionCharacter = 1;

    /// <summary>The text is UTF-8. The flags that would make the engine obey SSML or [[phonemes]] in it are never set.</summary>
    public const uint FlagsUtf8Text = 1;

    [LibraryImport(Library, EntryPoint = "espeak_Initialize", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Initialize(int output, int bufferMilliseconds, string? dataPath, int options);

    [LibraryImport(Library, EntryPoint = "espeak_SetSynthCallback")]
    public static partial void SetSynthCallback(delegate* unmanaged[Cdecl]<short*, int, void*, int> callback);

    [LibraryImport(Library, EntryPoint = "espeak_SetVoiceByName", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetVoiceByName(string name);

    [LibraryImport(Library, EntryPoint = "espeak_SetParameter")]
    public static partial int SetParameter(int parameter, int value, int relative);

    [LibraryImport(Library, EntryPoint = "espeak_Synth")]
    public static partial int Synth(byte* text, nuint size, uint position, int positionType, uint endPosition, uint flags, uint* id, void* user);

    [LibraryImport(Library, EntryPoint = "espeak_ListVoices")]
    public static partial Voice** ListVoices(Voice* filter);

    /// <summary>The version, in memory that belongs to the library.</summary>
    [LibraryImport(Library, EntryPoint = "espeak_Info")]
    public static partial byte* Info(byte** dataPath);

    [LibraryImport(Library, EntryPoint = "espeak_Terminate")]
    public static partial int Terminate();

    /// <summary>espeak_VOICE. <see cref="Languages"/> is a list of priority byte and zero-terminated tag, ended by a zero priority.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Voice
    {
        public byte* Name;
        public byte* Languages;
        public byte* Identifier;
        public byte Gender;
        public byte Age;
        public byte Variant;
        private readonly byte _reserved;
        public int Score;
        private readonly void* _spare;
    }
}
