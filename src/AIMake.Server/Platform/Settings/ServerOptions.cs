using System.ComponentModel.DataAnnotations;

namespace AIMake.Platform.Settings;

/// <summary>Which part of the work this process does.</summary>
public enum ServerRole
{
    /// <summary>Answers requests and runs jobs: one machine, one process.</summary>
    All,

    /// <summary>Answers requests only.</summary>
    Api,

    /// <summary>Runs queued and recurring work only; still answers health checks.</summary>
    Worker,
}

/// <summary>The process itself.</summary>
internal sealed class ServerOptions
{
    public const string Section = "Server";

    /// <summary>Default <see cref="ServerRole.All"/>.</summary>
    [EnumDataType(typeof(ServerRole), ErrorMessage = "choose all, api or worker.")]
    public ServerRole Role { get; set; } = ServerRole.All;

    /// <summary>Folder of everything kept on this machine (default <c>./data</c>): private database, files, secrets made at first start.</summary>
    [Required(ErrorMessage = "name a folder, e.g. /var/lib/aimake.")]
    public string Data { get; set; } = "data";

    /// <summary>Most time a stop may take before work is cut (default 30 s; give the service manager 10 s more).</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ErrorMessage = "must be between 1 second and 10 minutes.")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(30);

    public bool AnswersRequests => Role is not ServerRole.Worker;

    public bool RunsWork => Role is not ServerRole.Api;
}
