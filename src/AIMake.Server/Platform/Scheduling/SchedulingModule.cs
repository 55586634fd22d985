using AIMake.Platform.Settings;

namespace AIMake.Platform.Scheduling;

/// <summary>Recurring work, shared by the nodes that run work.</summary>
internal static class SchedulingModule
{
    public static void AddScheduling(this IHostApplicationBuilder builder, ServerOptions server)
    {
        var options = builder.AddSettings<SchedulingOptions>(SchedulingOptions.Section);
        if (!server.RunsWork || !options.Enabled)
        {
            return;
        }

        builder.Services.AddSingleton<ClusterScheduler>();
        builder.Services.AddHostedService(s => s.GetRequiredService<ClusterScheduler>());
    }
}
