using System.CommandLine;
using AIMake.Platform.Http;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AIMake.Operations;

/// <summary>Writes the description of the API without a database and without listening.</summary>
internal static class OpenApiCommand
{
    public static Command Create()
    {
        var output = new Option<string?>("--out", "--output", "-o") { Description = "File to write (default: standard output)", HelpName = "FILE" };
        var command = new Command("openapi", "Write the OpenAPI document of the API.") { output };
        command.SetAction((result, ct) => WriteAsync(result.GetValue(output), ct));
        return command;
    }

    private static async Task<int> WriteAsync(string? file, CancellationToken ct)
    {
        await using var app = AIMakeServer.Build([], builder =>
        {
            builder.Services.RemoveAll<IHostedService>();
            builder.Services.AddSingleton<IServer, Deaf>();
        });
        await app.StartAsync(ct); // endpoints exist once the pipeline is built
        var document = await app.Services.GetRequiredService<ApiDescription.ApiDocument>().GetAsync(ct);
        if (file is null)
        {
            await using var stdout = Console.OpenStandardOutput();
            await stdout.WriteAsync(document, ct);
        }
        else
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            await File.WriteAllBytesAsync(file, document, ct);
        }

        return 0;
    }

    /// <summary>A server that listens to nobody.</summary>
    private sealed class Deaf : IServer
    {
        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }
}
