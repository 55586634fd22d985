using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AIMake.Simulator.OpenAi;

/// <summary>One call on its way through: what came, how it is to misbehave, and what all answers have in common.</summary>
internal sealed record OpenAiCall(HttpContext Context, BookedCall Booked, FaultSetting Faults, Profile Profile, bool Audio)
{
    public CancellationToken Ct => Context.RequestAborted;

    public HttpResponse Response => Context.Response;

    /// <summary>Unix seconds.</summary>
    public long Now => Context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeSeconds();

    public T Service<T>() where T : notnull => Context.RequestServices.GetRequiredService<T>();

    /// <summary>The model an address names, as Azure's do; null where the body does.</summary>
    public string? Deployment => Context.Request.RouteValues["deployment"] as string;

    public async Task<byte[]> ReadBodyAsync()
    {
        var body = new MemoryStream();
        await Context.Request.Body.CopyToAsync(body, Ct);
        return body.ToArray();
    }

    /// <summary>The body as an object, booked as it came; null when it is none.</summary>
    public async Task<JsonElement?> ReadObjectAsync()
    {
        var body = await ReadBodyAsync();
        Booked.Body = Encoding.UTF8.GetString(body);
        try
        {
            var root = JsonDocument.Parse(body).RootElement;
            return root.ValueKind == JsonValueKind.Object ? root : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Looks the model up and books it.</summary>
    public (OpenAiModel? Model, OpenAiError? Error) FindModel(string? asked, ModelKind kind)
    {
        if ((Deployment ?? asked) is not { Length: > 0 } id) return (null, OpenAiErrors.Bad("model", "you must provide a model parameter"));
        Booked.Model = id;
        var model = OpenAiModels.Find(id) ?? (Profile.AnyModel && id != "nope" ? new OpenAiModel(id, 0, null, kind) : null);
        return model is null || model.Kind != kind ? (null, OpenAiErrors.UnknownModel(id)) : (model, null);
    }

    public Task RefuseAsync(OpenAiError error) => OpenAiErrors.WriteAsync(this, error);

    /// <summary>Answers with an object, or with what a switch makes of it.</summary>
    public async Task WriteAsync(JsonNode answer)
    {
        var bytes = Encoding.UTF8.GetBytes(answer.ToJsonString(Formats.Plain));
        Response.ContentType = Faults.Malformed == "contentType" ? "text/html" : "application/json";
        if (Faults.Malformed == "json") bytes = bytes[..(bytes.Length / 2)];
        if (Faults.Malformed == "empty") bytes = [];
        await new Wire(this).WriteAsync(bytes);
    }
}

/// <summary>How the simulator writes JSON.</summary>
internal static class Formats
{
    public static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
