using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using AIMake.Platform.Outbound;

namespace AIMake.Payments.Creem;

/// <summary>An answer of Creem's; without a body, the status it refused with, or 0 when it could not be reached.</summary>
internal readonly record struct CreemAnswer(JsonElement? Body, int Status);

/// <summary>
/// Calls Creem. It has no idempotency keys: what is asked twice is done twice, so only questions are asked again. A checkout whose answer
/// was lost costs nobody anything; a refund whose answer was lost is looked up.
/// </summary>
internal sealed class CreemClient(OutboundHttp http, CreemOptions options, ILogger<CreemClient> log)
{
    private const string Name = "creem";
    private const int PageSize = 50;
    private const int MostPages = 400;
    private static readonly OutboundLimits Limits = new() { FirstByte = TimeSpan.FromSeconds(15), Total = TimeSpan.FromSeconds(30), MaxBytes = 4 << 20 };

    public async Task<CreemAnswer> GetAsync(string path, CancellationToken ct)
    {
        var first = await CallAsync(HttpMethod.Get, path, null, ct);
        return first.Status is 0 or 429 or >= 500 ? await CallAsync(HttpMethod.Get, path, null, ct) : first;
    }

    public Task<CreemAnswer> PostAsync(string path, JsonObject? body, CancellationToken ct) => CallAsync(HttpMethod.Post, path, body, ct);

    /// <summary>Every row of a list, page by page.</summary>
    /// <exception cref="CreemListException">A page did not come.</exception>
    public async IAsyncEnumerable<JsonElement> ListAsync(string path, string query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        for (var page = 1; page <= MostPages; page++)
        {
            var answer = await GetAsync($"{path}?{query}{(query.Length > 0 ? "&" : "")}page_number={page}&page_size={PageSize}", ct);
            if (answer.Body is not { } body)
            {
                throw new CreemListException(path, answer.Status);
            }

            if (body.Member("items") is { ValueKind: JsonValueKind.Array } items)
            {
                foreach (var row in items.EnumerateArray())
                {
                    yield return row;
                }
            }

            if (body.Member("pagination")?.Number("next_page") is null)
            {
                yield break;
            }
        }
    }

    private async Task<CreemAnswer> CallAsync(HttpMethod method, string path, JsonObject? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, options.Api + path);
        request.Headers.Add("x-api-key", options.ApiKey);
        if (body is not null)
        {
            request.Content = JsonContent.Create(body);
        }

        var what = path.Split('?')[0];
        try
        {
            using var response = await http.SendAsync(request, Limits, ct);
            var answer = await JsonSerializer.DeserializeAsync<JsonElement>(response.Body, cancellationToken: ct);
            if (response.Success)
            {
                return new CreemAnswer(answer, response.Status);
            }

            PaymentsLog.ProviderRefused(log, Name, response.Status, answer.Text("error") ?? "", what, answer.Text("trace_id") ?? "");
            return new CreemAnswer(null, response.Status);
        }
        catch (Exception e) when (e is OutboundException or JsonException)
        {
            PaymentsLog.ProviderUnreachable(log, Name, what, (e as OutboundException)?.Failure.ToString() ?? "no JSON");
            return new CreemAnswer(null, 0);
        }
    }
}

/// <summary>A list could not be read to its end.</summary>
internal sealed class CreemListException(string path, int status) : Exception($"{path}: {status}");
