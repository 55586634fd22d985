using System.ComponentModel.DataAnnotations;

namespace AIMake.Providers.Espeak;

/// <summary>The local voice: how many worker processes, and how far each may go.</summary>
internal sealed class EspeakOptions
{
    public const string Section = "Espeak";

    /// <summary>Worker processes, each speaking one segment at a time; 0 (the default) means one per processor.</summary>
    [Range(0, 256, ErrorMessage = "must be 0 to 256.")]
    public int Workers { get; set; }

    /// <summary>A worker is replaced after so many requests (default 1,000), which bounds whatever a C library may leak.</summary>
    [Range(1, 1_000_000, ErrorMessage = "must be 1 to 1,000,000.")]
    public int RequestsPerWorker { get; set; } = 1000;

    /// <summary>…and after so many characters (default 2 million, about a minute and a half of processor time).</summary>
    [Range(1, 100_000_000, ErrorMessage = "must be 1 to 100,000,000.")]
    public long CharactersPerWorker { get; set; } = 2_000_000;

    /// <summary>Processor seconds after which the kernel ends a worker (default 300): a loop inside the engine.</summary>
    [Range(1, 86_400, ErrorMessage = "must be 1 to 86,400.")]
    public int CpuSecondsPerWorker { get; set; } = 300;

    /// <summary>How long a worker may keep us waiting for the next sound (default 20 s) before it counts as hung.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00", ErrorMessage = "must be between 0.1 seconds and 10 minutes.")]
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a worker may take to start (default 15 s).</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00", ErrorMessage = "must be between 0.1 seconds and 10 minutes.")]
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Folder that holds <c>espeak-ng-data</c>; empty (the default) means where the library was installed.</summary>
    public string? DataPath { get; set; }

    /// <summary>Program and arguments of a worker; empty (the default) means this executable in its worker mode.</summary>
    public string[] WorkerCommand { get; set; } = [];
}
