using System.Text.Json;
using AIMake.Credits;
using AIMake.Tests.Hosting;
using Npgsql;

namespace AIMake.Tests.Gateway.Translation;

/// <summary>The whole server in front of vendors that do not speak OpenAI, each described by a file.</summary>
public sealed class ForeignBed : IAsyncLifetime
{
    private const int Copies = 20;
    private int _used;
    private readonly string _folder = Directory.CreateTempSubdirectory("aimake-foreign-").FullName;

    internal ScriptedUpstream Upstream { get; private set; } = null!;

    public TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Upstream = await ScriptedUpstream.StartAsync();
        foreach (var (name, json) in ForeignFiles.All(Upstream.BaseUrl))
        {
            await File.WriteAllTextAsync(Path.Combine(_folder, $"{name}.json"), json);
            foreach (var copy in Enumerable.Range(1, Copies).Select(i => $"{name}-{i}"))
            {
                await File.WriteAllTextAsync(Path.Combine(_folder, $"{copy}.json"), json.Replace($"\"{name}-1\"", $"\"{copy}-1\"", StringComparison.Ordinal));
            }
        }

        Server = await TestServer.StartAsync(
            ["--Declarative:Folder", _folder, "--Outbound:AllowedHosts:0", new Uri(Upstream.BaseUrl).Authority, "--Gateway:CheckpointEvery", "00:00:00.200", "--Gateway:Lease", "00:00:02"]);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Upstream.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>An <c>abacus</c> or <c>compass</c> nobody has used, for tests that make it fail: the router remembers.</summary>
    /// <returns>The model's id.</returns>
    public string Fresh(string vendor) => $"{vendor}-{Interlocked.Increment(ref _used)}-1";

    public async Task<(decimal Remaining, decimal Held)> CreditsAsync(TestUser user)
    {
        var data = await (await user.Http.GetAsync("/api/credits")).DataAsync();
        return (data.GetProperty("remainingCredits").GetDecimal(), data.GetProperty("heldCredits").GetDecimal());
    }

    /// <summary>The usage events of a user, oldest first.</summary>
    public async Task<IReadOnlyList<UsedRow>> UsageAsync(TestUser user)
    {
        await using var connection = new NpgsqlConnection(Server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT provider, input_tokens, output_tokens, credits, source, cut, cost FROM usage.events WHERE user_id = $1 ORDER BY seq", connection);
        command.Parameters.Add(new() { Value = user.Id });
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<UsedRow>();
        while (await reader.ReadAsync())
        {
            rows.Add(new(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), new Micro(reader.GetInt64(3)).Credits, reader.GetString(4), reader.GetBoolean(5), reader.IsDBNull(6) ? null : reader.GetInt64(6)));
        }

        return rows;
    }

    public static Task<HttpResponseMessage> ChatAsync(TestUser user, string body) => user.Http.PostAsync("/v1/chat/completions", GatewayRequests.Json(body));

    /// <summary>The events of a stream as JSON; the closing word and comments left out.</summary>
    public static IReadOnlyList<JsonElement> Events(string stream) =>
        [.. stream.Split("\n\n").Where(e => e.StartsWith("data: {", StringComparison.Ordinal)).Select(e => JsonElement.Parse(e[6..]))];
}

/// <summary>A row of the usage book.</summary>
public sealed record UsedRow(string Provider, long In, long Out, decimal Credits, string Source, bool Cut, long? Cost);

/// <summary>
/// Six vendors: <c>abacus</c> streams lines of its own shape and knows tools, <c>oracle</c> answers one question whole, takes no limit
/// and tells nothing about usage, <c>brook</c> streams and takes no limit, <c>compass</c> makes vectors,
/// <c>easel</c> paints and links to it, <c>ear</c> hears.
/// </summary>
internal static class ForeignFiles
{
    private const string Prices = """
        "prices": [
          { "unit": "input-token", "per": 1000, "credits": 1, "source": "test", "date": "2026-11-20" },
          { "unit": "output-token", "per": 1000, "credits": 2, "source": "test", "date": "2026-11-20" } ],
        "limits": { "outputTokens": 1000 }, "name": "x", "description": { "en": "x", "zh": "x" }
        """;

    public static IEnumerable<(string Name, string Json)> All(string baseUrl) =>
    [
        ("abacus", $$"""
            { "baseUrl": "{{baseUrl}}",
              "errors": [{ "at": "bad", "is": "words", "kind": "rejected" }],
              "chat": {
                "request": { "path": "/tell", "body": {
                  "who": "{{"{{model}}"}}", "said": "{{"{{messages}}"}}", "most": "{{"{{maxOutputTokens}}"}}", "tools": "{{"{{options.tools}}"}}", "warmth": "{{"{{options.temperature}}"}}" } },
                "stream": { "format": "lines", "error": "bad" },
                "parts": ["image_url"],
                "answer": { "text": "w", "finish": "end", "finishes": { "full": "length" }, "toolCalls": "calls" },
                "usage": { "inputTokens": "read", "outputTokens": "wrote", "cost": "cents", "costScale": 0.01 } },
              "models": [ { "id": "abacus-1", "upstream": "bead", "kind": "chat", {{Prices}} } ] }
            """),
        ("oracle", $$"""
            { "baseUrl": "{{baseUrl}}",
              "chat": {
                "request": { "path": "/ask", "body": { "question": "{{"{{prompt}}"}}" } },
                "answer": { "text": "answer" } },
              "models": [ { "id": "oracle-1", "kind": "chat", {{Prices}} } ] }
            """),
        ("brook", $$"""
            { "baseUrl": "{{baseUrl}}",
              "chat": {
                "request": { "path": "/flow", "body": { "said": "{{"{{turns}}"}}" } },
                "stream": { "format": "lines" },
                "answer": { "text": "w", "finish": "end" } },
              "models": [ { "id": "brook-1", "kind": "chat", {{Prices}} } ] }
            """),
        ("easel", $$"""
            { "baseUrl": "{{baseUrl}}",
              "image": { "request": { "path": "/paint", "body": { "what": "{{"{{prompt}}"}}" } }, "answer": { "links": "at" } },
              "models": [ { "id": "easel-1", "kind": "image", "name": "x", "description": { "en": "x", "zh": "x" },
                "prices": [ { "unit": "image", "per": 1, "credits": 1, "source": "test", "date": "2026-11-20" } ] } ] }
            """),
        ("ear", $$"""
            { "baseUrl": "{{baseUrl}}",
              "transcription": {
                "request": { "path": "/hear", "query": { "tongue": "{{"{{language}}"}}" }, "upload": "file" },
                "answer": { "text": "said", "language": "tongue", "segments": { "list": "parts.*", "start": "a", "end": "b", "text": "t" },
                  "words": { "list": "words.*", "start": "a", "end": "b", "text": "t", "scale": 0.001 } } },
              "models": [ { "id": "ear-1", "kind": "transcription", "name": "x", "description": { "en": "x", "zh": "x" },
                "prices": [ { "unit": "second", "per": 1, "credits": 1, "source": "test", "date": "2026-11-20" } ] } ] }
            """),
        ("compass", $$"""
            { "baseUrl": "{{baseUrl}}",
              "embedding": {
                "request": { "path": "/point", "body": { "texts": "{{"{{inputs}}"}}" } },
                "answer": { "vectors": "v.*" },
                "usage": { "inputTokens": "read" } },
              "models": [ { "id": "compass-1", "kind": "embedding", "name": "x", "description": { "en": "x", "zh": "x" },
                "prices": [ { "unit": "input-token", "per": 1000, "credits": 1, "source": "test", "date": "2026-11-20" } ] } ] }
            """),
    ];
}
