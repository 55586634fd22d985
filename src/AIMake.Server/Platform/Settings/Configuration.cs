namespace AIMake.Platform.Settings;

/// <summary>Where settings come from: <c>appsettings.json</c>, then the environment, then the command line; the later wins.</summary>
internal static class Configuration
{
    private static readonly Dictionary<string, string> Switches = new(StringComparer.OrdinalIgnoreCase)
    {
        ["--port"] = "Http:Port",
        ["--host"] = "Http:Host",
        ["--data"] = "Server:Data",
        ["--role"] = "Server:Role",
    };

    /// <summary>A builder with nothing in it but Kestrel, routing and our configuration.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(Configuration).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        var sources = builder.Configuration.Sources;
        sources.Clear();
        builder.Configuration
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true, reloadOnChange: false)
            .AddEnvironmentVariables();
        sources.Add(new FlatNameSource(Environment.GetEnvironmentVariables()));
        builder.Configuration.AddCommandLine(args, Switches);
        return builder;
    }
}
