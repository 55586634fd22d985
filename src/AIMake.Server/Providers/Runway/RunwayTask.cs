using System.Text.Json;

namespace AIMake.Providers.Runway;

/// <summary>A task as <c>GET /v1/tasks/{id}</c> describes it.</summary>
/// <param name="Outputs">Signed links, good for a day or two; empty before success.</param>
internal sealed record RunwayTask(string Id, VideoTaskState State, double Progress, IReadOnlyList<Uri> Outputs, ProviderFault? Fault, ProviderUsage Usage)
{
    /// <summary>One credit is a cent, by the vendor's price list of April 2026.</summary>
    private const long MicroUsdPerCredit = 10_000;

    public static bool IsId(string id) => Guid.TryParseExact(id, "D", out _);

    /// <exception cref="ProviderException">It is not a task.</exception>
    public static RunwayTask Read(JsonElement answer)
    {
        var id = ReadId(answer);
        var outputs = answer.Member("output", JsonValueKind.Array) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().Select(Link).OfType<Uri>().ToList() : [];
        var usage = new ProviderUsage { Count = 1, CostMicroUsd = Cost(answer), Source = UsageSource.Provider };
        switch (answer.Text("status"))
        {
            case "SUCCEEDED":
                return outputs.Count > 0 ? new RunwayTask(id, VideoTaskState.Succeeded, 1, outputs, null, usage) : throw ProviderFaults.Invalid("succeeded without an output");
            case "FAILED":
                return new RunwayTask(id, VideoTaskState.Failed, 0, [], RunwayFaults.OfTask(answer.Text("failureCode")), usage);
            case "CANCELLED":
                return new RunwayTask(id, VideoTaskState.Failed, 0, [], new(ProviderStage.FirstByte, ProviderParty.Us, ProviderFaultKind.Rejected, Retryable: false, Detail: "task canceled"), usage);
            case "PENDING" or "THROTTLED":
                return new RunwayTask(id, VideoTaskState.Queued, 0, [], null, usage);
            case null:
                throw ProviderFaults.Invalid("a task without a status");
            default:
                return new RunwayTask(id, VideoTaskState.Running, Math.Clamp(answer.Number("progress") ?? 0, 0, 1), [], null, usage);
        }
    }

    /// <summary>The id in the answer to an order.</summary>
    public static string ReadId(JsonElement answer) => answer.Text("id") is { } id && IsId(id) ? id : throw ProviderFaults.Invalid("no task id in the answer");

    public static long? Cost(JsonElement answer) =>
        (answer.Member("cost").Number("credits") ?? answer.Member("estimatedCost").Number("credits")) is { } credits and >= 0 and < 1_000_000 ? (long)Math.Round(credits * MicroUsdPerCredit) : null;

    private static Uri? Link(JsonElement element) =>
        element.ValueKind == JsonValueKind.String && Uri.TryCreate(element.Words(), UriKind.Absolute, out var link) && link.Scheme is "https" or "http" ? link : null;
}
