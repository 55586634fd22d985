using System.Text.Json;
using AIMake.Platform.Outbound;

namespace AIMake.Providers.ElevenLabs;

/// <summary>What a key may use: voices, models, and how much is left.</summary>
internal sealed class ElevenLabsOffer(ElevenLabsClient client)
{
    private const int PageSize = 100;
    private const int MostPages = 50;

    private static readonly OutboundLimits Limits = new() { MaxBytes = 16 << 20 };

    /// <summary>Every voice of the account, page by page from <c>GET /v2/voices</c>; at most 5,000 or so.</summary>
    public async Task<IReadOnlyList<ElevenLabsVoice>> VoicesAsync(CancellationToken ct)
    {
        var voices = new List<ElevenLabsVoice>();
        var token = "";
        for (var page = 0; page < MostPages; page++)
        {
            using var response = await client.GetAsync($"/v2/voices?page_size={PageSize}{(token.Length > 0 ? $"&next_page_token={Uri.EscapeDataString(token)}" : "")}", Limits, ct);
            using var answer = await JsonAnswer.ReadAsync(response, ct);
            voices.AddRange(Items(answer.RootElement.Member("voices", JsonValueKind.Array)).Select(Voice).OfType<ElevenLabsVoice>());
            token = answer.RootElement.TryGetProperty("has_more", out var more) && more.ValueKind == JsonValueKind.True ? answer.RootElement.Text("next_page_token") ?? "" : "";
            if (token.Length == 0) break;
        }
        return [.. voices.DistinctBy(voice => voice.Id)];
    }

    /// <summary>The models that speak, from <c>GET /v1/models</c>.</summary>
    public async Task<IReadOnlyList<ElevenLabsModel>> ModelsAsync(CancellationToken ct)
    {
        using var response = await client.GetAsync("/v1/models", Limits, ct);
        using var answer = await JsonAnswer.ReadAsync(response, ct, JsonValueKind.Array);
        return [.. Items(answer.RootElement)
            .Where(model => model.ValueKind == JsonValueKind.Object && model.TryGetProperty("can_do_text_to_speech", out var speaks) && speaks.ValueKind == JsonValueKind.True)
            .Select(Model).OfType<ElevenLabsModel>()];
    }

    /// <summary>The account behind the key, from <c>GET /v1/user/subscription</c>.</summary>
    public async Task<ElevenLabsSubscription> SubscriptionAsync(CancellationToken ct)
    {
        using var response = await client.GetAsync("/v1/user/subscription", Limits, ct);
        using var answer = await JsonAnswer.ReadAsync(response, ct);
        var root = answer.RootElement;
        var resets = root.Whole("next_character_count_reset_unix") is { } seconds and > 0 and < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : (DateTimeOffset?)null;
        return new ElevenLabsSubscription(root.Text("tier") ?? "", root.Text("status") ?? "", root.Whole("character_count") ?? 0, root.Whole("character_limit") ?? 0, resets);
    }

    private static IEnumerable<JsonElement> Items(JsonElement list) => list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    private static ElevenLabsVoice? Voice(JsonElement voice)
    {
        if (voice.Text("voice_id") is not { Length: > 0 } id) return null;
        var labels = voice.Member("labels");
        var languages = Items(voice.Member("verified_languages", JsonValueKind.Array)).Select(language => language.Text("language")).OfType<string>().Distinct();
        return new ElevenLabsVoice(id, voice.Text("name") ?? id, voice.Text("category"), voice.Text("description"), labels.Text("gender"), [.. languages]);
    }

    private static ElevenLabsModel? Model(JsonElement model) =>
        model.Text("model_id") is not { Length: > 0 } id ? null : new ElevenLabsModel(
            id,
            model.Text("name") ?? id,
            model.Whole("maximum_text_length_per_request") is { } longest and > 0 and <= int.MaxValue ? (int)longest : ElevenLabsModels.ShortestLimit,
            model.Member("model_rates").Number("character_cost_multiplier") ?? 1);
}

/// <param name="Gender">As the vendor labels it; null when it does not.</param>
/// <param name="Languages">Those it was checked in, ISO 639-1.</param>
internal sealed record ElevenLabsVoice(string Id, string Name, string? Category, string? Description, string? Gender, IReadOnlyList<string> Languages);

/// <param name="MaximumCharacters">Longest text of one call.</param>
/// <param name="CreditsPerCharacter">What a character costs in the vendor's own credits.</param>
internal sealed record ElevenLabsModel(string Id, string Name, int MaximumCharacters, double CreditsPerCharacter);

/// <param name="Status">E.g. <c>active</c>, <c>past_due</c>, <c>free</c>; empty when unknown.</param>
/// <param name="Used">Of <paramref name="Limit"/>, in the vendor's credits.</param>
/// <param name="Resets">When the count begins anew.</param>
internal sealed record ElevenLabsSubscription(string Tier, string Status, long Used, long Limit, DateTimeOffset? Resets);
