namespace AIMake.Providers;

/// <summary>One segment of text to be spoken, in neutral terms.</summary>
/// <param name="Text">Plain text, never markup: an adapter must not let the vendor interpret it as SSML or phonemes.</param>
/// <param name="Model">The vendor's model id, for example <c>tts-1</c>; local engines have one model and may ignore it.</param>
/// <param name="Voice">The vendor's own voice id, without our provider prefix.</param>
/// <param name="Language">BCP-47 tag of the text, or empty when it is not known.</param>
/// <param name="Speed">Rate of speaking, 0.5 to 2.0, 1.0 being the voice's own.</param>
/// <param name="Instructions">How to speak, in words; engines that cannot follow any ignore them.</param>
internal sealed record SpeechSynthesis(string Text, string Model, string Voice, string Language, double Speed, string? Instructions = null);
