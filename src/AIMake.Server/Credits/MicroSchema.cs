using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace AIMake.Credits;

/// <summary>Describes <see cref="Micro"/> in the OpenAPI document: its converter hides from the generator that it is a plain number.</summary>
internal static class MicroSchema
{
    /// <param name="document">Name of the OpenAPI document.</param>
    public static void AddMicroSchema(this IServiceCollection services, string document) =>
        services.Configure<OpenApiOptions>(document, o => o.AddSchemaTransformer((schema, context, _) =>
        {
            if (Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) == typeof(Micro))
            {
                schema.Type = JsonSchemaType.Number | JsonSchemaType.Null;
                schema.MultipleOf = 0.000001m;
            }
            else if (context.JsonTypeInfo.Type == typeof(Micro))
            {
                schema.Type = JsonSchemaType.Number;
                schema.MultipleOf = 0.000001m;
            }

            return Task.CompletedTask;
        }));
}
