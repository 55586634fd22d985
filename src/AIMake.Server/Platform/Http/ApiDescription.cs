using AIMake.Accounts;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace AIMake.Platform.Http;

/// <summary>The OpenAPI document, made once when first asked for, and the page that shows it.</summary>
internal static class ApiDescription
{
    private const string Document = "v1";

    public static void AddApiDescription(this WebApplicationBuilder builder)
    {
        builder.Services.AddOpenApi(Document, o =>
        {
            o.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            o.AddDocumentTransformer((document, _, _) =>
            {
                document.Info = new OpenApiInfo
                {
                    Title = "AIMake",
                    Version = ProductVersion.Text,
                    Description = "Speech and other media from text, paid in credits. Answers under /api come in an envelope; /v1 speaks OpenAI's shapes.",
                };
                document.Servers = [new OpenApiServer { Url = "/" }];
                return Task.CompletedTask;
            });
            o.AddOperationTransformer(DescribeIdempotencyKey);
        });
        builder.Services.AddSingleton<ApiDocument>();
    }

    private static Task DescribeIdempotencyKey(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<TakesIdempotencyKey>().Any())
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = IdempotencyKey.Header,
                In = ParameterLocation.Header,
                Description = "1 to 255 visible ASCII characters. The same key with the same request answers as the first time and is charged once.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = 255 },
            });
        }

        return Task.CompletedTask;
    }

    public static void MapApiDescription(this WebApplication app)
    {
        app.MapGet("/openapi/v1.json", static async (ApiDocument document, CancellationToken ct) =>
                Results.Bytes(await document.GetAsync(ct), "application/json"))
            .ExcludeFromDescription().Public().WithName("openapi").WithTags("Description");

        // Built at the first visit: a server that nobody asks for /docs does not load the page's assembly.
        var page = new Lazy<RequestDelegate>(() =>
        {
            var branch = ((IApplicationBuilder)app).New();
            branch.UseSwaggerUI(o =>
            {
                o.RoutePrefix = "docs";
                o.SwaggerEndpoint("/openapi/v1.json", "AIMake");
                o.DocumentTitle = "AIMake API";
            });
            return branch.Build();
        });
        app.Use((context, next) =>
            context.Request.Path.StartsWithSegments("/docs", StringComparison.Ordinal) ? page.Value(context) : next(context));
    }

    /// <summary>The document as bytes. It follows from the code and cannot change while the process runs.</summary>
    internal sealed class ApiDocument([FromKeyedServices(Document)] IOpenApiDocumentProvider provider)
    {
        private readonly SemaphoreSlim _making = new(1);
        private byte[]? _bytes;

        public async Task<byte[]> GetAsync(CancellationToken ct)
        {
            if (_bytes is { } made)
            {
                return made;
            }

            await _making.WaitAsync(ct);
            try
            {
                return _bytes ??= await MakeAsync(ct);
            }
            finally
            {
                _making.Release();
            }
        }

        private async Task<byte[]> MakeAsync(CancellationToken ct)
        {
            var document = await provider.GetOpenApiDocumentAsync(ct);
            return System.Text.Encoding.UTF8.GetBytes(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, ct));
        }
    }
}
