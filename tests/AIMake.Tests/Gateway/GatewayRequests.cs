using System.Text;

namespace AIMake.Tests.Gateway;

/// <summary>A small price list, and requests for what is on it.</summary>
internal static class GatewayRequests
{
    /// <summary>Model <c>parrot</c>: 1 credit for 1,000 tokens read, 0.5 of that for cached ones, 2 for 1,000 written; at most 1,000 of those. <c>finch</c>: the same price, a context of 1,000 tokens, 3,000 to 8,000 for a picture. <c>heron</c>: the same price up to prompts of 500 tokens, twice for what is read and half as much again for what is written beyond. <c>owl</c>: texts of 1,000 tokens. <c>brush</c>: 2 credits a picture of low quality, 5 for others.</summary>
    public const string Catalog = """
        { "models": [
          { "id": "parrot", "upstream": "parrot-2026", "kind": "chat", "provider": "upstream", "name": "Parrot", "description": { "en": "", "zh": "" },
            "prices": [
              { "unit": "input-token", "per": 1000, "credits": 1, "source": "test", "date": "2026-11-20" },
              { "unit": "cached-token", "per": 1000, "credits": 0.5, "source": "test", "date": "2026-11-20" },
              { "unit": "output-token", "per": 1000, "credits": 2, "source": "test", "date": "2026-11-20" } ],
            "limits": { "outputTokens": 1000 } },
          { "id": "finch", "kind": "chat", "provider": "upstream", "name": "Finch", "description": { "en": "", "zh": "" },
            "prices": [
              { "unit": "input-token", "per": 1000, "credits": 1, "source": "test", "date": "2026-11-20" },
              { "unit": "output-token", "per": 1000, "credits": 2, "source": "test", "date": "2026-11-20" } ],
            "limits": { "contextTokens": 1000, "outputTokens": 100, "pictureTokens": { "large": 3000, "most": 8000 } } },
          { "id": "heron", "kind": "chat", "provider": "upstream", "name": "Heron", "description": { "en": "", "zh": "" },
            "prices": [
              { "unit": "input-token", "per": 1000, "credits": 1, "source": "test", "date": "2026-11-20" },
              { "unit": "output-token", "per": 1000, "credits": 2, "source": "test", "date": "2026-11-20" },
              { "unit": "input-token", "above": 500, "per": 1000, "credits": 2, "source": "test", "date": "2026-11-20" },
              { "unit": "output-token", "above": 500, "per": 1000, "credits": 3, "source": "test", "date": "2026-11-20" } ],
            "limits": { "outputTokens": 100 } },
          { "id": "vectors", "kind": "embedding", "provider": "upstream", "name": "Vectors", "description": { "en": "", "zh": "" },
            "prices": [ { "unit": "input-token", "per": 1000, "credits": 1, "source": "test", "date": "2026-11-20" } ] },
          { "id": "birds/owl", "kind": "embedding", "provider": "upstream", "name": "Owl", "description": { "en": "", "zh": "" },
            "prices": [ { "unit": "input-token", "per": 1000, "credits": 1, "source": "test", "date": "2026-11-20" } ],
            "limits": { "contextTokens": 1000 } },
          { "id": "brush", "kind": "image", "provider": "upstream", "name": "Brush", "description": { "en": "", "zh": "" },
            "prices": [
              { "unit": "image", "per": 1, "credits": 2, "quality": "low", "source": "test", "date": "2026-11-20" },
              { "unit": "image", "per": 1, "credits": 5, "source": "test", "date": "2026-11-20" } ] },
          { "id": "unpriced", "kind": "chat", "provider": "upstream", "name": "Unpriced", "description": { "en": "", "zh": "" } }
        ], "voices": [] }
        """;

    public static HttpContent Json(string body) => new StringContent(body, Encoding.UTF8, "application/json");

    public static string Chat(string extra = "", string text = "Hello") =>
        $$"""{"model":"parrot","messages":[{"role":"user","content":"{{text}}"}]{{extra}}}""";
}
