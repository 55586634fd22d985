namespace AIMake.Simulator;

/// <summary>How a simulator is started.</summary>
/// <param name="Port">Port on the loopback address; 0 takes a free one.</param>
/// <param name="Sound">Where sound comes from.</param>
internal sealed record SimulatorSettings(int Port = 0, SoundSource Sound = SoundSource.Auto)
{
    /// <summary>Reads <c>--port N</c> and <c>--sound auto|engine|tones</c>.</summary>
    public static SimulatorSettings From(string[] args)
    {
        var configuration = new ConfigurationBuilder().AddCommandLine(args).Build();
        return new SimulatorSettings(configuration.GetValue("port", 0), configuration.GetValue("sound", SoundSource.Auto));
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
