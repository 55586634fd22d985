using System.Net.Http.Headers;
using System.Text.Json;
using AIMake.Platform.Faults;
using AIMake.Platform.Outbound;

namespace AIMake.Payments.Stripe;

/// <summary>Why Stripe did not do something.</summary>
/// <param name="Status">0 when it could not be reached.</param>
/// <param name="Code">Stripe's, e.g. <c>resource_missing</c>; empty when it gave none.</param>
internal sealed record StripeRefusal(int Status, string Code)
{
    /// <summary>What the address names is not there. A 404 without that word may be a wrong address.</summary>
    public bool IsMissing => this is { Status: 404, Code: "resource_missing" };
}

/// <summary>An answer, or why there is none. One of the two.</summary>
internal readonly record struct StripeAnswer(JsonElement? Body, StripeRefusal? Refusal);

/// <summary>
/// Calls Stripe. A call whose outcome is unknown (connection lost, 409, 5xx) is made again with the same key, which Stripe keeps for a
/// day at least, so that it is done once. GET has no key and needs none.
/// </summary>
internal sealed class StripeClient(OutboundHttp http, StripeOptions options, TimeProvider time, ILogger<StripeClient> log)
{
    private const string Name = "stripe";
    private static readonly OutboundLimits Limits = new() { FirstByte = TimeSpan.FromSeconds(40), Total = TimeSpan.FromSeconds(60), MaxBytes = 4 << 20 };
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);

    public Task<StripeAnswer> GetAsync(string path, StripeForm? query, CancellationToken ct) => CallAsync(HttpMethod.Get, path, query, null, ct);

    /// <param name="key">Made from an id of ours that is stored: <c>checkout:{order}</c>. At most 255 characters, no personal data.</param>
    public Task<StripeAnswer> PostAsync(string path, StripeForm body, string key, CancellationToken ct) => CallAsync(HttpMethod.Post, path, body, key, ct);

    /// <summary>Ends something; has no key, and what is gone stays gone.</summary>
    public Task<StripeAnswer> DeleteAsync(string path, StripeForm? query, CancellationToken ct) => CallAsync(HttpMethod.Delete, path, query, null, ct);

    /// <summary>Every row of a list, page by page.</summary>
    /// <exception cref="StripeListException">A page did not come.</exception>
    public async IAsyncEnumerable<JsonElement> ListAsync(string path, Func<StripeForm> query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        string? after = null;
        do
        {
            var answer = await GetAsync(path, query().Add("limit", 100).Add("starting_after", after), ct);
            if (answer.Body is not { } page)
            {
                throw new StripeListException(path, answer.Refusal!);
            }

            after = null;
            foreach (var row in page.GetProperty("data").EnumerateArray())
            {
                yield return row;
                after = row.GetProperty("id").GetString();
            }

            if (!page.TryGetProperty("has_more", out var more) || !more.GetBoolean())
            {
                yield break;
            }
        }
        while (after is not null);
    }

    private async Task<StripeAnswer> CallAsync(HttpMethod method, string path, StripeForm? form, string? key, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (answer, again) = await TryAsync(method, path, form, key, ct);
            if (!again || attempt >= options.Attempts)
            {
                return answer;
            }

            await Task.Delay(FirstPause * Math.Pow(2, attempt - 1) * (0.5 + (Random.Shared.NextDouble() / 2)), time, ct);
        }
    }

    private async Task<(StripeAnswer Answer, bool Again)> TryAsync(HttpMethod method, string path, StripeForm? form, string? key, CancellationToken ct)
    {
        using var request = Request(method, path, form, key);
        try
        {
            using var response = await http.SendAsync(request, Limits, ct);
            var body = await JsonSerializer.DeserializeAsync<JsonElement>(response.Body, cancellationToken: ct);
            if (response.Success)
            {
                return (new StripeAnswer(body, null), false);
            }

            var refusal = new StripeRefusal(response.Status, Code(body));
            PaymentsLog.ProviderRefused(log, Name, refusal.Status, refusal.Code, path, One(response.Headers, "Request-Id"));
            return (new StripeAnswer(null, refusal), One(response.Headers, "Stripe-Should-Retry") switch
            {
                "true" => true,
                "false" => false,
                _ => refusal.Status is 409 or >= 500,
            });
        }
        catch (Exception e) when (e is OutboundException or JsonException)
        {
            PaymentsLog.ProviderUnreachable(log, Name, path, (e as OutboundException)?.Failure.ToString() ?? "no JSON");
            return (new StripeAnswer(null, new StripeRefusal(0, "")), e is not OutboundException { Failure: OutboundFailure.NotAllowed or OutboundFailure.HeaderNotAllowed });
        }
    }

    private HttpRequestMessage Request(HttpMethod method, string path, StripeForm? form, string? key)
    {
        var address = options.BaseUrl.TrimEnd('/') + path;
        var request = new HttpRequestMessage(method, method == HttpMethod.Post ? address : address + form?.ToQuery());
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.SecretKey);
        request.Headers.Add("Stripe-Version", StripeOptions.Version);
        if (method == HttpMethod.Post)
        {
            request.Content = new FormUrlEncodedContent(form!.Pairs);
            request.Headers.Add("Idempotency-Key", key);
        }

        return request;
    }

    private static string Code(JsonElement body) =>
        body.ValueKind is JsonValueKind.Object && body.TryGetProperty("error", out var error) && error.ValueKind is JsonValueKind.Object
            ? error.Text("code") ?? error.Text("type") ?? ""
            : "";

    private static string One(HttpResponseHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.First() : "";
}

/// <summary>A list could not be read to its end.</summary>
internal sealed class StripeListException(string path, StripeRefusal refusal) : Exception($"{path}: {refusal.Status} {refusal.Code}");
