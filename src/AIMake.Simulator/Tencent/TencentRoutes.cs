using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using AIMake.Simulator.Sound;

namespace AIMake.Simulator.Tencent;

/// <summary>
/// Tencent Cloud's text to speech: everything is a signed POST to <c>/</c>, named by <c>X-TC-Action</c>; errors come with 200. The
/// files of long texts lie under <c>/tencent/files</c>, with a link that stops working.
/// </summary>
internal static class TencentRoutes
{
    private const string Files = "/tencent/files";

    private static readonly TimeSpan LinkLife = TimeSpan.FromHours(24);

    public static void MapTencent(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/", context => VendorCall.AnswerAsync(context, TencentSignatureCheck.SecretId(context.Request), (call, faults) => AnswerAsync(context, call, faults)));
        routes.MapGet($"{Files}/{{task}}", context => VendorCall.AnswerAsync(context, null, (call, _) => SendFileAsync(context, call)));
    }

    private static async Task AnswerAsync(HttpContext context, BookedCall call, FaultSetting faults)
    {
        var body = await VendorCall.ReadBodyAsync(context, call);
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var action = context.Request.Headers["X-TC-Action"].ToString();
        call.Model = action;
        if (TencentSignatureCheck.Refusal(context.Request, body, now) is { } refusal)
            await RefuseAsync(context, call, refusal, "The simulator computes another signature, or knows no such id.");
        else if (faults.Throttle is not null) await RefuseAsync(context, call, "LimitExceeded.AccessLimit", "Too many requests at once.");
        else if (faults.FailCode is { } code) await RefuseAsync(context, call, code, "The request was refused.");
        else if (faults.FailStatus is { } status) context.Response.StatusCode = status;
        else if (context.Request.Headers["X-TC-Version"] != "2019-08-23") await RefuseAsync(context, call, "NoSuchVersion", "There is no such version.");
        else await ActAsync(context, call, faults, action, Parse(body));
    }

    private static Task ActAsync(HttpContext context, BookedCall call, FaultSetting faults, string action, JsonElement body) => action switch
    {
        "TextToVoice" => SpeakAsync(context, call, faults, body),
        "CreateTtsTask" => CreateAsync(context, call, body),
        "DescribeTtsTaskStatus" => DescribeAsync(context, call, body),
        _ => RefuseAsync(context, call, "InvalidAction", "There is no such action."),
    };

    private static async Task SpeakAsync(HttpContext context, BookedCall call, FaultSetting faults, JsonElement body)
    {
        var (order, code, message) = TencentOrder.Read(body, task: false);
        if (order is null)
        {
            await RefuseAsync(context, call, code, message);
            return;
        }
        Book(call, order);
        var sound = await FileAsync(context, order);
        var subtitles = order.Subtitles ? Subtitles(order.Text) : [];
        var answer = new JsonObject { ["Audio"] = Convert.ToBase64String(sound), ["SessionId"] = order.SessionId, ["Subtitles"] = subtitles, ["RequestId"] = call.RequestId };
        context.Response.ContentType = "application/json";
        await VendorCall.SendAsync(context, call, faults, JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["Response"] = answer }));
    }

    private static async Task CreateAsync(HttpContext context, BookedCall call, JsonElement body)
    {
        var (order, code, message) = TencentOrder.Read(body, task: true);
        if (order is null)
        {
            await RefuseAsync(context, call, code, message);
            return;
        }
        Book(call, order);
        var id = context.RequestServices.GetRequiredService<TencentTasks>().Add(order);
        await WriteAsync(context, call, new JsonObject { ["Data"] = new JsonObject { ["TaskId"] = id } });
    }

    private static Task DescribeAsync(HttpContext context, BookedCall call, JsonElement body)
    {
        var id = body.ValueKind == JsonValueKind.Object && body.TryGetProperty("TaskId", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        if (context.RequestServices.GetRequiredService<TencentTasks>().Find(id) is not { } task) return RefuseAsync(context, call, "InvalidParameterValue", "There is no such task.");
        var status = task.Ask();
        var until = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().Add(LinkLife).ToUnixTimeSeconds();
        return WriteAsync(context, call, new JsonObject
        {
            ["Data"] = new JsonObject
            {
                ["TaskId"] = id, ["Status"] = status,
                // As the service's own sample has it, and unlike its documentation.
                ["StatusStr"] = status switch { 0 => "waiting in queue", 1 => "doing", 2 => "success", _ => "failed" },
                ["ResultUrl"] = status == 2 ? $"http://{context.Request.Host}{Files}/{id}?until={until}" : "",
                ["Subtitles"] = new JsonArray(), ["ErrorMsg"] = status == 3 ? "The text could not be spoken." : "",
            },
        });
    }

    private static async Task SendFileAsync(HttpContext context, BookedCall call)
    {
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeSeconds();
        var task = context.RequestServices.GetRequiredService<TencentTasks>().Find((string)context.Request.RouteValues["task"]!);
        if (task is null || !long.TryParse(context.Request.Query["until"], out var until) || until < now)
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }
        context.Response.ContentType = task.Order.Codec switch { "mp3" => "audio/mpeg", "wav" => "audio/wav", _ => "application/octet-stream" };
        await VendorCall.SendAsync(context, call, FaultSetting.None, await FileAsync(context, task.Order));
    }

    /// <summary>The whole file; unlike a stream's, a WAV's head knows its length.</summary>
    private static async Task<byte[]> FileAsync(HttpContext context, TencentOrder order)
    {
        var maker = context.RequestServices.GetRequiredService<SoundMaker>();
        var file = new MemoryStream();
        await foreach (var piece in maker.MakeAsync(order.Sound(order.Codec), 65_536, context.RequestAborted)) await file.WriteAsync(piece, context.RequestAborted);
        var bytes = file.ToArray();
        if (order.Codec != "wav") return bytes;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length - 8);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(40), bytes.Length - 44);
        return bytes;
    }

    private static JsonArray Subtitles(string text)
    {
        var subtitles = new JsonArray();
        var (index, at) = (0, 130);
        foreach (var rune in text.EnumerateRunes())
        {
            subtitles.Add(new JsonObject { ["Text"] = rune.ToString(), ["BeginTime"] = at, ["EndTime"] = at + 180, ["BeginIndex"] = index, ["EndIndex"] = index + 1, ["Phoneme"] = null });
            (index, at) = (index + 1, at + 180);
        }
        return subtitles;
    }

    private static void Book(BookedCall call, TencentOrder order)
    {
        call.Voice = $"{order.Voice}";
        call.Characters = order.Text.EnumerateRunes().Count();
    }

    private static JsonElement Parse(byte[] body)
    {
        try
        {
            return JsonDocument.Parse(body).RootElement;
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static Task RefuseAsync(HttpContext context, BookedCall call, string code, string message) =>
        WriteAsync(context, call, new JsonObject { ["Error"] = new JsonObject { ["Code"] = code, ["Message"] = message } });

    private static Task WriteAsync(HttpContext context, BookedCall call, JsonObject response)
    {
        response["RequestId"] = call.RequestId;
        return context.Response.WriteAsJsonAsync(new JsonObject { ["Response"] = response }, context.RequestAborted);
    }
}
