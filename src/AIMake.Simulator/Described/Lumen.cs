using System.Text.Json.Nodes;
using AIMake.Simulator.Pictures;
using AIMake.Simulator.Tasks;

namespace AIMake.Simulator.Described;

/// <summary>A service made up for the guide: answers in lines, numbers for states, 200 for everything that is understood.</summary>
internal static class Lumen
{
    /// <summary>One JSON document a line: pieces of the answer, then why it ended and what was spent.</summary>
    public static async Task AnswerAsync(DescribedCall call)
    {
        var body = await call.ReadAsync();
        var question = (string?)body?["turns"]?.AsArray().LastOrDefault()?["content"];
        if (question is null || (int?)body!["limit"] is not { } limit)
        {
            await RefuseAsync(call, "policy: turns and limit are wanted");
            return;
        }
        if (question.Contains("[no money]", StringComparison.Ordinal))
        {
            await RefuseAsync(call, "no_money");
            return;
        }
        call.Booked.Model = (string?)body["model"];
        var words = $"You said: {question}".Split(' ');
        foreach (var word in words.Take(limit)) await WriteLineAsync(call, new JsonObject { ["piece"] = word + " " });
        if (question.Contains("[cut]", StringComparison.Ordinal)) return;
        if (question.Contains("[break]", StringComparison.Ordinal)) await WriteLineAsync(call, new JsonObject { ["problem"] = "lost the thread" });
        else await WriteLineAsync(call, new JsonObject { ["why"] = words.Length > limit ? "full" : "done", ["spent"] = new JsonObject { ["read"] = 7, ["written"] = Math.Min(words.Length, limit) } });
    }

    public static async Task VectorsAsync(DescribedCall call)
    {
        var texts = (await call.ReadAsync())?["texts"]?.AsArray() ?? [];
        var vectors = new JsonArray([.. texts.Select(text => (JsonNode?)new JsonArray(((string)text!).Length, 0.5, -0.25, 1))]);
        await call.WriteAsync(new JsonObject { ["ok"] = true, ["vectors"] = vectors, ["spent"] = new JsonObject { ["read"] = texts.Count * 3 } });
    }

    public static async Task PictureAsync(DescribedCall call)
    {
        var body = await call.ReadAsync();
        if ((string?)body?["text"] is not { } text || (string?)body["shape"] is not ("square" or "wide"))
        {
            await RefuseAsync(call, "policy: text and shape are wanted");
            return;
        }
        var task = new SimulatedTask($"job_{Guid.NewGuid():N}", call.Key, text, call.Now) { Model = "lumen-brush", IsClip = false, Count = (int?)body["number"] ?? 1 };
        await WriteAsync(call, call.Service<TaskShelf>().Add(task));
    }

    public static async Task JobAsync(DescribedCall call)
    {
        if (call.Task is not { } task)
        {
            await call.RefuseAsync(404, "unknown");
            return;
        }
        task.Ask();
        await WriteAsync(call, task);
    }

    public static Task ResultAsync(DescribedCall call) => call.Task is not { Over: true } task
        ? RefuseAsync(call, "too early")
        : call.WriteAsync(new JsonObject
        {
            ["ok"] = true,
            ["pictures"] = new JsonArray([.. Enumerable.Range(0, task.Count).Select(i => (JsonNode?)new JsonObject { ["data"] = Convert.ToBase64String(PictureMaker.Png($"{task.Words}{i}", 64, 64)) })]),
            ["spent"] = new JsonObject { ["cents"] = 1.5 },
        });

    private static Task WriteAsync(DescribedCall call, SimulatedTask task)
    {
        var state = task.Asked <= 1 ? 0 : !task.Over ? 1 : task.Failure is null ? 2 : 3;
        var answer = new JsonObject { ["ok"] = true, ["job"] = new JsonObject { ["id"] = task.Id, ["state"] = state } };
        if (state == 3) answer["problem"] = task.Failure;
        return call.WriteAsync(answer);
    }

    private static Task RefuseAsync(DescribedCall call, string problem) => call.WriteAsync(new JsonObject { ["ok"] = false, ["problem"] = problem });

    private static async Task WriteLineAsync(DescribedCall call, JsonObject line)
    {
        if (call.Faults.SlowMs is { } wait) await Task.Delay(wait, call.Context.RequestAborted);
        await call.Context.Response.WriteAsync(line.ToJsonString() + "\n", call.Context.RequestAborted);
        await call.Context.Response.Body.FlushAsync(call.Context.RequestAborted);
    }
}
