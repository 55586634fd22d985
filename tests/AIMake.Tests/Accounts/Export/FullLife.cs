using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Tests.Accounts.ApiKeys;
using AIMake.Tests.Gateway;
using AIMake.Tests.Hosting;
using AIMake.Tests.Payments;
using AIMake.Tests.Simulator;
using AIMake.Tests.Speech;
using AIMake.Tests.Video;
using Npgsql;

namespace AIMake.Tests.Accounts.Export;

/// <summary>
/// A user who has used everything there is, so that every table with a place for users has something of theirs. Whatever they typed is a word
/// that stands nowhere else: it can be searched for.
/// </summary>
internal sealed class FullLife : IAsyncDisposable
{
    public const string Address = "203.0.113.77";
    public const string Name = "Quillfeather";
    public const string Username = "quillfeather7";
    public const string Email = "quill.feather@canary-mail.example";
    public const string NewEmail = "quill.moved@canary-mail.example";
    public const string Spoken = "Marzipanlighthouse";
    public const string Prompted = "Velvetavalanche";
    public const string Asked = "Gossamerlocomotive";
    public const string Agent = "Thistlebrowser/9";
    public const string KeyName = "Periwinklekey";
    public const string Subject = "elsewhere-Nettlewick";
    private const string Password = "correct horse Quillfeather battery";

    /// <summary>Everything that was typed or told, none of which may outlive the account.</summary>
    public static readonly string[] Words =
        [Address, Name, Username, Email, NewEmail, "canary-mail", Spoken, Prompted, Asked, Agent, KeyName, Subject];

    private readonly SimulatorHost _simulator = new();

    public TestServer Server { get; private set; } = null!;

    public TestUser Admin { get; private set; } = null!;

    /// <summary>The user.</summary>
    public HttpClient Http { get; private set; } = null!;

    public Guid Id { get; private set; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<FullLife> LiveAsync()
    {
        var life = new FullLife();
        await life._simulator.InitializeAsync();
        life.Server = await TestServer.StartAsync(
        [
            .. VideoBed.Settings(life._simulator), .. KeptMails.Setting, "--Http:TrustedProxies:0", "127.0.0.1", "--Http:PublicUrl", "https://aimake.example.com",
            "--Providers:OpenAi:ApiKey", "sk-server", "--Providers:OpenAi:BaseUrl", life._simulator.BaseUrl,
            "--Payments:Stripe:SecretKey", "sk_test_simulated", "--Payments:Stripe:BaseUrl", $"{life._simulator.Http.BaseAddress}stripe",
            "--Payments:Stripe:WebhookSecret", StripeShop.Secret,
        ]);
        await life._simulator.ControlAsync("/__webhooks", new { provider = "stripe", url = $"{life.Server.Address}api/webhooks/stripe", secret = StripeShop.Secret });
        life.Admin = await life.Server.CreateAdminAsync();
        await life.ArriveAsync();
        await life.HaveKeysAsync();
        await life.MakeAsync();
        await life.BuyAsync();
        await life.LeaveTracesAsync();
        return life;
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await _simulator.DisposeAsync();
    }

    /// <summary>Deletes the account.</summary>
    public async Task<HttpResponseMessage> DeleteAsync() =>
        await Http.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/api/auth/me") { Content = JsonContent.Create(new { password = Password }) }, Ct);

    /// <summary>Something happens at the provider, and is told.</summary>
    public async Task ActAsync(string control)
    {
        await _simulator.ControlAsync(control);
        await _simulator.DeliveredAsync();
    }

    /// <summary>Everything told has arrived.</summary>
    public Task SettleAsync() => _simulator.DeliveredAsync();

    private async Task ArriveAsync()
    {
        using var door = Visitor();
        var joined = await (await door.PostAsJsonAsync(
            "/api/auth/register", new { username = Username, email = Email, password = Password, agreement = true, firstName = Name, lastName = Name }, Ct)).DataAsync(201);
        Id = joined.GetProperty("user").GetProperty("id").GetGuid();
        (await door.PostAsJsonAsync("/api/auth/login", new { login = Email, password = "wrong" }, Ct)).Dispose();
        var session = await (await door.PostAsJsonAsync("/api/auth/login", new { login = Email, password = Password }, Ct)).DataAsync();
        Http = Visitor();
        Http.DefaultRequestHeaders.Authorization = new("Bearer", session.GetProperty("accessToken").GetString());
        await (await Http.PutAsJsonAsync("/api/auth/me", new { avatar = $"https://pictures.example.com/{Name}.png", preferences = new { language = "zh-CN" } }, Ct)).DataAsync();
        await (await Http.PutAsJsonAsync("/api/auth/me", new { email = NewEmail, currentPassword = Password }, Ct)).DataAsync();
        await (await Http.PostAsJsonAsync("/api/auth/totp", new { password = Password }, Ct)).DataAsync();
    }

    private async Task HaveKeysAsync()
    {
        var key = await (await Http.PostAsJsonAsync(
            "/api/tokens", new { name = KeyName, scopes = new[] { "chat", "speech" }, creditLimit = new { amount = 100, window = "month" } }, Ct)).DataAsync(201);
        await (await Http.PostAsJsonAsync("/api/keys", new { service = "openai", keyName = KeyName, keyValue = $"sk-own-{KeyName}-0123" }, Ct)).DataAsync(201);
        using var program = Visitor();
        program.DefaultRequestHeaders.Authorization = new("Bearer", key.GetProperty("secret").GetString());
        using var asked = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = GatewayRequests.Json($$"""{"model":"gpt-4o-mini","user":"{{Name}}","messages":[{"role":"user","content":"Tell of the {{Asked}}."}]}"""),
            Headers = { { "Idempotency-Key", $"chat-{Asked}" } },
        };
        using var answer = await program.SendAsync(asked, Ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }

    private async Task MakeAsync()
    {
        using var spoken = new HttpRequestMessage(HttpMethod.Post, "/api/tts/generate")
        {
            Content = JsonContent.Create(new { text = $"The {Spoken} speaks. It ends.", voiceId = Sounds.Voice, format = "mp3" }), Headers = { { "Idempotency-Key", $"say-{Spoken}" } },
        };
        var audio = await (await Http.SendAsync(spoken, Ct)).DataAsync();
        await (await Http.PutAsJsonAsync($"/api/audios/{audio.GetProperty("id").GetGuid()}", new { title = $"🎧 {Spoken} 灯塔", tags = new[] { Spoken } }, Ct)).DataAsync();
        using var form = new MultipartFormDataContent
        {
            { new StringContent("gen4_turbo"), "model" }, { new StringContent($"A {Prompted} begins"), "prompt" }, { new StringContent("5"), "seconds" },
            { new ByteArrayContent(VideosApiTests.Png()) { Headers = { ContentType = new("image/png") } }, "input_reference", "frame.png" },
        };
        var video = await VideoBed.VideoAsync(await Http.PostAsync("/v1/videos", form, Ct));
        Assert.Equal("completed", (await VideoBed.EndAsync(Http, video)).GetProperty("status").GetString());
    }

    private async Task BuyAsync()
    {
        var pack = await PayAsync(new { packageId = "small" });
        var payment = pack.GetProperty("payment_intent").GetString();
        await (await Admin.Http.PostAsJsonAsync($"/api/admin/orders/{_order}/refund", new { amount = 100, reason = "goodwill" }, Ct)).DataAsync();
        await _simulator.DeliveredAsync();
        var dispute = await _simulator.ControlAsync($"/__stripe/payments/{payment}/dispute");
        await _simulator.DeliveredAsync();
        await _simulator.ControlAsync($"/__stripe/disputes/{dispute.GetProperty("id").GetString()}/won");
        await PayAsync(new { planId = "pro" });
    }

    private Guid _order;

    private async Task<JsonElement> PayAsync(object what)
    {
        var opened = await (await Http.PostAsJsonAsync("/api/payments/stripe", what, Ct)).DataAsync();
        _order = opened.GetProperty("orderId").GetGuid();
        var paid = await _simulator.ControlAsync($"/__stripe/sessions/{opened.GetProperty("checkoutUrl").GetString()!.Split('/')[^1]}/pay");
        await _simulator.DeliveredAsync();
        return paid;
    }

    /// <summary>What only others do, or what lasts for a moment only.</summary>
    private async Task LeaveTracesAsync()
    {
        await (await Admin.Http.PostAsJsonAsync($"/api/admin/users/{Id}/credits", new { amount = 5, reason = "goodwill" }, Ct)).DataAsync();
        await ExecuteAsync($"""
            INSERT INTO accounts.identities (id, user_id, provider, issuer, subject, label, created_at, last_used_at)
            VALUES (gen_random_uuid(), '{Id}', 'github', 'https://github.com', '{Subject}', '{Name}', now(), now());
            INSERT INTO accounts.oauth_trips (state, browser, provider, return_to, language, user_id, expires_at)
            VALUES (sha256('{Id}'), sha256('b'), 'github', '/x', 'en', '{Id}', now() + interval '1 hour');
            INSERT INTO accounts.oauth_arrivals (digest, step, user_id, provider, issuer, subject, label, return_to, expires_at)
            VALUES (sha256('{Id}'), 'link', '{Id}', 'github', 'https://github.com', '{Subject}', '{Name}', '/x', now() + interval '1 hour');
            INSERT INTO accounts.recovery_codes (user_id, digest) VALUES ('{Id}', sha256('r'));
            INSERT INTO accounts.provider_key_days (key_id, day, calls) SELECT id, current_date, 3 FROM accounts.provider_keys WHERE user_id = '{Id}' ON CONFLICT DO NOTHING;
            INSERT INTO generations.steps (user_id, generation_id, step, result)
            SELECT user_id, id, 'drawn', '{"{"}"said": "{Prompted}"{"}"}' FROM generations.generations WHERE user_id = '{Id}' LIMIT 1;
            INSERT INTO usage.under_way (operation, user_id, at, kind, model, provider, source, own_key, input_tokens, cached_tokens, output_tokens, characters, millis, pieces, duration_ms)
            VALUES (gen_random_uuid(), '{Id}', now(), 'chat', 'm', 'p', 'counted', true, 1, 0, 1, 0, 0, 0, 1);
            INSERT INTO payments.inbox (id, provider, event_id, type, body, event_at, received_at, processed_at, outcome)
            SELECT gen_random_uuid(), 'stripe', 'evt_customer', 'customer.updated',
                convert_to('{"{"}"object":"' || customer_id || '","email":"{Email}","name":"{Name}"{"}"}', 'UTF8'), now(), now(), now(), 'nothing'
            FROM payments.customers WHERE user_id = '{Id}';
            """);
    }

    /// <summary>Somebody behind a proxy that says where they come from.</summary>
    private HttpClient Visitor()
    {
        var client = Server.ClientWith("none");
        client.DefaultRequestHeaders.Authorization = null;
        client.DefaultRequestHeaders.Add("X-Forwarded-For", Address);
        client.DefaultRequestHeaders.Add("User-Agent", Agent);
        return client;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Server.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }

    public async Task<IReadOnlyList<string>> ColumnAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Server.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var values = new List<string>();
        while (await reader.ReadAsync(Ct))
        {
            values.Add(reader.GetString(0));
        }

        return values;
    }
}
