using System.ComponentModel.DataAnnotations;
using AIMake.Platform.Outbound;
using AIMake.Providers.Routing;

namespace AIMake.Providers.Setup;

/// <summary>
/// One provider, at <c>Providers:&lt;name&gt;</c>. The vendors' own names (openai, elevenlabs, tencent, synthesia, runway, kie)
/// and llm say what they are; any other name needs a type, for example <c>openai</c> for a model server of your own. What only
/// some vendors want to know stands beside these.
/// </summary>
internal sealed class ProviderOptions : IValidatableObject
{
    /// <summary>The dialect it speaks; the name's own when left out.</summary>
    public string? Type { get; set; }

    /// <summary>
    /// Address up to where the vendor's paths begin (OpenAI's: up to and including <c>/v1</c>); the vendor's own when left out.
    /// A private or plain http one also needs an entry in <c>Outbound:AllowedHosts</c>.
    /// </summary>
    public string? BaseUrl { get; set; }

    /// <summary>The key, or several with commas between, used in turn; leave out where the server wants none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Further keys.</summary>
    public string[] ApiKeys { get; set; } = [];

    /// <summary>For vendors whose keys are pairs: the half that is not secret; as many as there are keys.</summary>
    public string? SecretId { get; set; }

    /// <summary>The secret half.</summary>
    public string? SecretKey { get; set; }

    /// <summary>Share of the calls each key takes, beside keys added while running (default 1).</summary>
    [Range(1, 1000, ErrorMessage = "must be from 1 to 1000.")]
    public int Weight { get; set; } = 1;

    /// <summary>Calls side by side with each key; a figure that suits the vendor's smaller plans when left out.</summary>
    [Range(1, 10_000, ErrorMessage = "must be from 1 to 10000.")]
    public int? MaxConcurrency { get; set; }

    /// <summary>How failures and load are handled.</summary>
    public ResilienceOptions Resilience { get; set; } = new();

    /// <summary>Every key written down, in order, with its other half.</summary>
    public IEnumerable<(string SecretId, string Secret)> Pairs()
    {
        string[] secrets = [.. Split(ApiKey), .. ApiKeys, .. Split(SecretKey)];
        var ids = Split(SecretId);
        return secrets.Select((secret, i) => (i < ids.Length ? ids[i] : "", secret));
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (BaseUrl is not null && (!Uri.TryCreate(BaseUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Query.Length > 0 || url.Fragment.Length > 0))
            yield return new("must be an http or https address such as https://api.openai.com/v1, without ? or #.", [nameof(BaseUrl)]);
        foreach (var (name, values) in new[] { (nameof(ApiKey), Split(ApiKey)), (nameof(ApiKeys), ApiKeys), (nameof(SecretId), Split(SecretId)), (nameof(SecretKey), Split(SecretKey)) })
            if (!Array.TrueForAll(values, value => OutboundHeaders.IsSafe(value)))
                yield return new("has characters that cannot be sent in a header; copy it again without line breaks.", [name]);
        if (Pairs().Distinct().Count() != Pairs().Count())
            yield return new("has the same key twice; leave one out.", [ApiKeys.Length > 0 ? nameof(ApiKeys) : nameof(ApiKey)]);
    }

    private static string[] Split(string? keys) => keys?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
}
