using AIMake.Platform.Http;

namespace AIMake;

/// <summary>Composes the server: one line per module, in the order of the arrows.</summary>
internal static class AIMakeServer
{
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Services.ConfigureHttpJsonOptions(o => JsonFaults.Configure(o.SerializerOptions));
        builder.Services.AddExceptionHandler<ExceptionMapper>();
        builder.Services.AddProblemDetails();
        var app = builder.Build();
        app.UseExceptionHandler();
        return app;
    }
}
