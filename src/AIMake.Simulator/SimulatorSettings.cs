namespace AIMake.Simulator;

/// <summary>How a simulator is started.</summary>
/// <param name="Port">Port on the loopback address; 0 takes a free one.</param>
/// <param name="Sound">Where sound comes from.</param>
/// <param name="SettingsFile">Where to write, once ready, the settings of a server that is to use it.</param>
/// <param name="While">A process it does not outlive.</param>
/// <param name="OrNext">Whether to take the next free port where <paramref name="Port"/> is taken.</param>
/// <param name="Spare">A port it leaves to others though it be free.</param>
/// <param name="Webhooks">Address of the server that is told of payments, without a trailing slash; nobody is told when left out.</param>
internal sealed record SimulatorSettings(
    int Port = 0, SoundSource Sound = SoundSource.Auto, string? SettingsFile = null, int? While = null, bool OrNext = false, int? Spare = null,
    string? Webhooks = null)
{
    /// <summary>Reads <c>--port N</c>, <c>--sound auto|engine|tones</c>, <c>--settings FILE</c>, <c>--while PID</c>, <c>--or-next true</c>, <c>--spare N</c> and <c>--webhooks URL</c>.</summary>
    public static SimulatorSettings From(string[] args)
    {
        var configuration = new ConfigurationBuilder().AddCommandLine(args).Build();
        return new SimulatorSettings(
            configuration.GetValue("port", 0), configuration.GetValue("sound", SoundSource.Auto), configuration["settings"], configuration.GetValue<int?>("while"),
            configuration.GetValue("or-next", false), configuration.GetValue<int?>("spare"), configuration["webhooks"]?.TrimEnd('/'));
    }
}

/// <summary>Where the simulator's sound comes from.</summary>
internal enum SoundSource
{
    /// <summary>The engine where it is installed, else tones.</summary>
    Auto,

    /// <summary>Speech by espeak-ng, converted by ffmpeg.</summary>
    Engine,

    /// <summary>A plain tone as long as the text would take to say: quick and the same every time. Uncompressed formats only.</summary>
    Tones,
}
