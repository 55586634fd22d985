namespace AIMake.Platform.Media;

/// <summary>An encoder could not do its work. Always our side's failure, never the caller's: what goes in is plain samples.</summary>
internal sealed class MediaException(MediaFault fault, string detail, Exception? inner = null)
    : Exception($"{fault}: {detail}", inner)
{
    public MediaFault Fault { get; } = fault;
}

internal enum MediaFault
{
    /// <summary>ffmpeg is not installed.</summary>
    EncoderMissing,

    /// <summary>ffmpeg ended with an error or a signal.</summary>
    EncoderFailed,

    /// <summary>ffmpeg neither read nor wrote for longer than it may.</summary>
    EncoderStalled,
}
