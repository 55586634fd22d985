namespace AIMake.Platform.Processes;

/// <summary>A child process could not be started at all: the program, or a tool that guards it, is missing.</summary>
internal sealed class ChildProcessException(string message, Exception? inner = null) : IOException(message, inner);
