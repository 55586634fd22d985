using System.ClientModel;
using System.Net;
using System.Text.Json;
using AIMake.Tests.Accounts.ApiKeys;
using AIMake.Tests.Hosting;
using OpenAI;
using OpenAI.Chat;

namespace AIMake.Tests.Gateway.Translation;

/// <summary>Vendors of another shape answer <c>/v1/chat/completions</c> in OpenAI's.</summary>
public sealed class TranslatedChatTests(ForeignBed bed) : IClassFixture<ForeignBed>
{
    private const string Question = """{"role":"user","content":"Hello"}""";

    [Fact]
    public async Task A_whole_answer_has_openais_shape_the_vendors_usage_and_its_price()
    {
        var user = await bed.Server.CreateUserAsync();
        Answers("""{"w":"你好"}""", """{"w":", \"you\" 🎉"}""", """{"end":"done","read":11,"wrote":9,"cents":2}""");
        bed.Upstream.Seen.Clear();

        using var answer = await ForeignBed.ChatAsync(user, $$"""{"model":"abacus-1","max_tokens":50,"temperature":0.25,"top_p":0.9,"user":"u","n":1,"messages":[{{Question}}]}""");

        var body = await BodyAsync(answer);
        Assert.StartsWith("chatcmpl-", body.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal(("chat.completion", "abacus-1"), (body.GetProperty("object").GetString(), body.GetProperty("model").GetString()));
        var choice = Assert.Single(body.GetProperty("choices").EnumerateArray());
        Assert.Equal(("stop", 0), (choice.GetProperty("finish_reason").GetString(), choice.GetProperty("index").GetInt32()));
        Assert.Equal(("assistant", "你好, \"you\" 🎉"), (choice.GetProperty("message").GetProperty("role").GetString(), choice.GetProperty("message").GetProperty("content").GetString()));
        Assert.Equal("""{"prompt_tokens":11,"completion_tokens":9,"total_tokens":20,"prompt_tokens_details":{"cached_tokens":0}}""", body.GetProperty("usage").GetRawText());
        Assert.Equal(("0.029", "abacus"), (Header(answer, "X-AIMake-Credits"), Header(answer, "X-AIMake-Provider")));
        Assert.Equal("""{"who":"bead","said":[{"role":"user","content":"Hello"}],"most":50,"warmth":0.25}""", Assert.Single(bed.Upstream.Seen).Text);
        Assert.Equal(new UsedRow("abacus", 11, 9, 0.029m, "provider", false, 20_000), Assert.Single(await bed.UsageAsync(user)));
        Assert.Equal(0m, (await bed.CreditsAsync(user)).Held);
    }

    [Fact]
    public async Task Without_a_limit_of_the_clients_the_vendor_is_told_the_one_that_was_set_aside()
    {
        var user = await bed.Server.CreateUserAsync();
        Answers("""{"w":"Hi"}""", """{"end":"full"}""");
        bed.Upstream.Seen.Clear();

        using var answer = await ForeignBed.ChatAsync(user, $$"""{"model":"abacus-1","messages":[{{Question}}]}""");

        Assert.Equal("length", (await BodyAsync(answer)).GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Contains("\"most\":1000", Assert.Single(bed.Upstream.Seen).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData(""","stream_options":{"include_usage":true}""", true)]
    public async Task A_stream_has_openais_shape_and_usage_for_those_who_ask(string extra, bool usage)
    {
        var user = await bed.Server.CreateUserAsync();
        Answers("""{"w":"Hi"}""", """{"w":" there"}""", """{"end":"done","read":11,"wrote":9}""");

        using var answer = await ForeignBed.ChatAsync(user, $$"""{"model":"abacus-1","stream":true,"messages":[{{Question}}]{{extra}}}""");
        var text = await answer.Content.ReadAsStringAsync();

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        var events = ForeignBed.Events(text);
        Assert.Equal(usage ? 4 : 3, events.Count);
        Assert.Single(events.Select(e => (e.GetProperty("id").GetString(), e.GetProperty("object").GetString(), e.GetProperty("model").GetString())).Distinct());
        Assert.Equal("""[{"index":0,"delta":{"role":"assistant","content":"Hi"},"logprobs":null,"finish_reason":null}]""", events[0].GetProperty("choices").GetRawText());
        Assert.Equal("""[{"index":0,"delta":{"content":" there"},"logprobs":null,"finish_reason":null}]""", events[1].GetProperty("choices").GetRawText());
        Assert.Equal("""[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]""", events[2].GetProperty("choices").GetRawText());
        Assert.All(events.Take(3), e => Assert.Equal(usage, e.TryGetProperty("usage", out var none) && none.ValueKind is JsonValueKind.Null));
        if (usage)
        {
            Assert.Equal((0, 11, 9), (events[3].GetProperty("choices").GetArrayLength(), events[3].GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), events[3].GetProperty("usage").GetProperty("completion_tokens").GetInt32()));
        }

        Assert.EndsWith(": X-AIMake-Credits 0.029\n\ndata: [DONE]\n\n", text, StringComparison.Ordinal);
        Assert.Equal(new UsedRow("abacus", 11, 9, 0.029m, "provider", false, null), Assert.Single(await bed.UsageAsync(user)));
    }

    [Fact]
    public async Task Calls_of_tools_come_in_openais_shape_however_the_vendor_writes_them()
    {
        var user = await bed.Server.CreateUserAsync();
        const string tools = """[{"type":"function","function":{"name":"weather"}}]""";
        Answers("""{"calls":[{"name":"weather","arguments":{"city":"Köln"}}]}""", """{"calls":[{"index":7,"id":"c7","function":{"name":"time","arguments":"{\"a\""}}]}""", """{"calls":[{"index":7,"function":{"arguments":":1}"}}]}""", """{"end":"done"}""");
        var ask = $$"""{"model":"abacus-1","tools":{{tools}},"tool_choice":"auto","messages":[{{Question}},{"role":"assistant","content":null,"tool_calls":[]},{"role":"tool","tool_call_id":"x","content":"1"}]""";
        bed.Upstream.Seen.Clear();

        using var whole = await ForeignBed.ChatAsync(user, ask + "}");
        var choice = (await BodyAsync(whole)).GetProperty("choices")[0];
        using var streamed = await ForeignBed.ChatAsync(user, ask + ""","stream":true}""");
        var events = ForeignBed.Events(await streamed.Content.ReadAsStringAsync());

        Assert.Contains($"\"tools\":{tools}", bed.Upstream.Seen.First().Text, StringComparison.Ordinal);
        Assert.Equal(("tool_calls", JsonValueKind.Null), (choice.GetProperty("finish_reason").GetString(), choice.GetProperty("message").GetProperty("content").ValueKind));
        var calls = choice.GetProperty("message").GetProperty("tool_calls");
        Assert.StartsWith("call_", calls[0].GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal(("weather", """{"city":"Köln"}"""), (calls[0].GetProperty("function").GetProperty("name").GetString(), calls[0].GetProperty("function").GetProperty("arguments").GetString()));
        Assert.Equal("""{"id":"c7","type":"function","function":{"name":"time","arguments":"{\"a\":1}"}}""", calls[1].GetRawText());
        Assert.Equal(2, calls.GetArrayLength());
        var deltas = events.Select(e => e.GetProperty("choices")[0]).ToList();
        Assert.Equal([0, 1, 1], deltas.Where(d => d.GetProperty("delta").TryGetProperty("tool_calls", out _)).Select(d => d.GetProperty("delta").GetProperty("tool_calls")[0].GetProperty("index").GetInt32()));
        Assert.Equal("""{"index":1,"function":{"arguments":":1}"}}""", deltas[2].GetProperty("delta").GetProperty("tool_calls")[0].GetRawText());
        Assert.Equal("tool_calls", deltas[^1].GetProperty("finish_reason").GetString());
    }

    [Theory]
    [InlineData("""{"calls":["weather"]}""")]
    [InlineData("""{"calls":[{"function":{"arguments":"{}"}}]}""")]
    [InlineData("""{"calls":[{"name":"\ud800"}]}""")]
    public async Task A_call_of_a_tool_that_is_none_is_the_vendors_failure_and_costs_nothing(string line)
    {
        var user = await bed.Server.CreateUserAsync();
        Answers(line, """{"end":"done"}""");
        await GatewayBed.ErrorAsync(await ForeignBed.ChatAsync(user, $$"""{"model":"{{bed.Fresh("abacus")}}","messages":[{{Question}}]}"""), 502, "upstream_invalid_response");
        Assert.Empty(await bed.UsageAsync(user));
    }

    [Fact]
    public async Task A_vendor_that_answers_whole_and_tells_no_usage_is_counted_for_and_streamed_all_the_same()
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Says("""{"answer":"One two three four five."}""");
        const string ask = """{"model":"oracle-1","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":[{"type":"text","text":"How "},{"type":"text","text":"many?"}]}]}""";
        bed.Upstream.Seen.Clear();

        using var answer = await ForeignBed.ChatAsync(user, ask);
        var events = ForeignBed.Events(await answer.Content.ReadAsStringAsync());

        Assert.Equal("""{"question":"How many?"}""", Assert.Single(bed.Upstream.Seen).Text);
        Assert.Equal(("One two three four five.", "stop"), (events[0].GetProperty("choices")[0].GetProperty("delta").GetProperty("content").GetString(), events[0].GetProperty("choices")[0].GetProperty("finish_reason").GetString()));
        var used = Assert.Single(await bed.UsageAsync(user));
        Assert.Equal(("counted", false), (used.Source, used.Cut));
        Assert.InRange(used.Out, 5, 8);
        Assert.Equal(used.Out, events[1].GetProperty("usage").GetProperty("completion_tokens").GetInt64());
        Assert.Equal((used.In + (2 * used.Out)) / 1000m, used.Credits);
    }

    [Fact]
    public async Task A_limit_the_vendor_cannot_be_told_is_kept_here()
    {
        var user = await bed.Server.CreateUserAsync();
        Answers([.. Enumerable.Range(0, 100).Select(_ => """{"w":" word"}"""), """{"end":"done"}"""]);

        using var answer = await ForeignBed.ChatAsync(user, $$"""{"model":"brook-1","max_tokens":20,"messages":[{{Question}}]}""");

        var choice = (await BodyAsync(answer)).GetProperty("choices")[0];
        Assert.Equal("length", choice.GetProperty("finish_reason").GetString());
        Assert.Equal(20, choice.GetProperty("message").GetProperty("content").GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal((20L, false), (Assert.Single(await bed.UsageAsync(user)).Out, (await bed.UsageAsync(user))[0].Cut));
    }

    [Fact]
    public async Task An_answer_in_one_piece_that_is_longer_than_asked_for_never_costs_more_than_was_set_aside()
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Says("""{"answer":"One two three four five six seven eight nine ten."}""");

        using var answer = await ForeignBed.ChatAsync(user, $$"""{"model":"oracle-1","max_tokens":1,"messages":[{{Question}}]}""");

        Assert.Equal("stop", (await BodyAsync(answer)).GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.True(Assert.Single(await bed.UsageAsync(user)).Credits <= 0.09m);
    }

    [Theory]
    [InlineData("abacus-1", ""","n":2""", "n")]
    [InlineData("abacus-1", ""","response_format":{"type":"json_object"}""", "response_format")]
    [InlineData("abacus-1", ""","stop":["END"]""", "stop")]
    [InlineData("abacus-1", ""","logit_bias":{"5":-100}""", "logit_bias")]
    [InlineData("abacus-1", ""","logprobs":true""", "logprobs")]
    [InlineData("abacus-1", ""","tool_choice":"required" """, "tool_choice")]
    [InlineData("abacus-1", ""","messages_":1""", "messages_")]
    [InlineData("oracle-1", ""","tools":[{"type":"function"}]""", "tools")]
    public async Task What_cannot_be_told_to_the_vendor_and_means_something_is_refused_by_its_name(string model, string extra, string param)
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Seen.Clear();

        var error = await GatewayBed.ErrorAsync(await ForeignBed.ChatAsync(user, $$"""{"model":"{{model}}","messages":[{{Question}}]{{extra}}}"""), 400, "unsupported_parameter");

        Assert.Equal((param, "invalid_request_error"), (error.GetProperty("param").GetString(), error.GetProperty("type").GetString()));
        Assert.Contains(model, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        await UntouchedAsync(user);
    }

    [Theory]
    [InlineData(""","modalities":["text","audio"]""", "modalities")]
    [InlineData(""","web_search_options":{"a":1}""", "web_search_options")]
    public async Task What_has_no_price_is_refused_by_its_name_before_the_vendor_is_looked_at(string extra, string param)
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Seen.Clear();

        var error = await GatewayBed.ErrorAsync(await ForeignBed.ChatAsync(user, $$"""{"model":"abacus-1","messages":[{{Question}}]{{extra}}}"""), 400, "field_invalid");

        Assert.Equal(param, error.GetProperty("param").GetString());
        await UntouchedAsync(user);
    }

    [Theory]
    [InlineData("oracle-1", """{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]}""", "unsupported_parameter", "messages[0].content[0].image_url")]
    [InlineData("abacus-1", """{"role":"user","content":[{"type":"input_audio"}]}""", "unsupported_parameter", "messages[0].content[0].input_audio")]
    [InlineData("oracle-1", """{"role":"user","content":"a"},{"role":"assistant","content":"b"}""", "unsupported_parameter", "messages[1]")]
    [InlineData("oracle-1", """{"role":"system","content":"a"},{"role":"user","content":"b"}""", "unsupported_parameter", "messages[0]")]
    [InlineData("oracle-1", """{"role":"tool","content":"b"}""", "unsupported_parameter", "messages[0]")]
    [InlineData("abacus-1", "", "field_invalid", "messages")]
    [InlineData("abacus-1", "5", "field_invalid", "messages[0]")]
    [InlineData("abacus-1", """{"content":"a"}""", "field_invalid", "messages[0]")]
    [InlineData("abacus-1", """{"role":"user","content":5}""", "field_invalid", "messages[0].content")]
    [InlineData("abacus-1", """{"role":"user","content":[5]}""", "field_invalid", "messages[0].content[0]")]
    [InlineData("abacus-1", """{"role":"user","content":[{"type":"text"}]}""", "field_invalid", "messages[0].content[0]")]
    public async Task Messages_that_cannot_be_carried_are_refused_by_their_place(string model, string messages, string code, string param)
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Seen.Clear();

        var error = await GatewayBed.ErrorAsync(await ForeignBed.ChatAsync(user, $$"""{"model":"{{model}}","messages":[{{messages}}]}"""), 400, code);

        Assert.Equal(param, error.GetProperty("param").GetString());
        await UntouchedAsync(user);
    }

    [Fact]
    public async Task Half_a_character_is_no_json()
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Seen.Clear();
        await GatewayBed.ErrorAsync(await ForeignBed.ChatAsync(user, """{"model":"abacus-1","messages":[{"role":"user","content":"data:\ud800"}]}"""), 400, "malformed_json");
        await UntouchedAsync(user);
    }

    [Theory]
    [InlineData(""","n":1,"stop":null,"tools":[],"logit_bias":{},"logprobs":false,"response_format":{"type":"text"},"modalities":["text"],"tool_choice":"none" """)]
    [InlineData(""","top_p":1,"seed":7,"presence_penalty":1,"frequency_penalty":1,"reasoning_effort":"low","verbosity":"low","parallel_tool_calls":true""")]
    [InlineData(""","user":"u","store":true,"metadata":{"a":"b"},"service_tier":"auto","prompt_cache_key":"k","safety_identifier":"s","prediction":{"type":"content","content":"x"}""")]
    public async Task What_only_shades_an_answer_is_left_behind(string extra)
    {
        var user = await bed.Server.CreateUserAsync();
        Answers("""{"w":"Hi"}""", """{"end":"done"}""");
        using var answer = await ForeignBed.ChatAsync(user, $$"""{"model":"oracle-1","messages":[{{Question}}]{{extra}}}""".Replace("oracle-1", "abacus-1", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Responses_are_told_where_to_go_instead()
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Seen.Clear();

        var error = await GatewayBed.ErrorAsync(await user.Http.PostAsync("/v1/responses", GatewayRequests.Json("""{"model":"abacus-1","input":"Hello"}""")), 400, "unsupported_route");

        Assert.Contains("/v1/chat/completions", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        await UntouchedAsync(user);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("ends")]
    [InlineData("half")]
    [InlineData("error")]
    [InlineData("endless")]
    public async Task A_stream_that_breaks_says_so_and_costs_what_was_delivered(string way)
    {
        var user = await bed.Server.CreateUserAsync();
        var words = Enumerable.Range(0, 40).Select(i => $$"""{"w":" word{{i}}"}""").ToArray();
        string[] last = way switch { "half" => ["{\"w\":"], "error" => ["""{"bad":"luck"}"""], "endless" => [new string('x', 2_000_000)], _ => [] };
        bed.Upstream.Streams([.. words.Concat(last).Select(Line)], promised: way == "cut" ? 5_000_000 : null);

        using var answer = await ForeignBed.ChatAsync(user, $$"""{"model":"{{bed.Fresh("abacus")}}","stream":true,"messages":[{{Question}}]}""");
        var text = await answer.Content.ReadAsStringAsync();

        Assert.Contains("\"content\":\" word39\"", text, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"upstream_interrupted\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
        var used = Assert.Single(await bed.UsageAsync(user));
        Assert.Equal((true, "counted"), (used.Cut, used.Source));
        Assert.InRange(used.Out, 60, 90);
        Assert.Equal(0m, (await bed.CreditsAsync(user)).Held);
    }

    [Fact]
    public async Task A_whole_answer_that_breaks_in_the_middle_costs_nothing()
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Streams([Line("""{"w":"Hi"}""")], promised: 1_000_000);
        using var answer = await ForeignBed.ChatAsync(user, $$"""{"model":"{{bed.Fresh("abacus")}}","messages":[{{Question}}]}""");
        await GatewayBed.ErrorAsync(answer, 502, "upstream_interrupted");
        await UntouchedAsync(user, called: true);
    }

    [Theory]
    [InlineData(500, "{}", 502, "upstream_error")]
    [InlineData(422, """{"bad":"words"}""", 422, "upstream_rejected")]
    [InlineData(200, "", 502, "upstream_error")]
    [InlineData(200, "<html>", 502, "upstream_invalid_response")]
    [InlineData(200, "[1]", 502, "upstream_error")]
    public async Task A_vendor_that_fails_before_its_first_word_costs_nothing(int status, string body, int told, string code)
    {
        var user = await bed.Server.CreateUserAsync();
        bed.Upstream.Says(body, status);
        using var answer = await ForeignBed.ChatAsync(user, $$"""{"model":"{{bed.Fresh("abacus")}}","stream":true,"messages":[{{Question}}]}""");
        await GatewayBed.ErrorAsync(answer, told, code);
        await UntouchedAsync(user, called: true);
    }

    [Fact]
    public async Task Who_leaves_in_the_middle_pays_for_what_was_delivered_and_the_vendor_is_hung_up()
    {
        var user = await bed.Server.CreateUserAsync();
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bed.Upstream.Streams(Enumerable.Range(0, 40).Select(i => Line($$"""{"w":" word{{i}}"}""")), async context =>
        {
            await using var gone = context.RequestAborted.Register(left.SetResult);
            await left.Task;
        });

        using (var client = new HttpClient(new SocketsHttpHandler { MaxResponseDrainSize = 0 }) { BaseAddress = bed.Server.Address })
        {
            client.DefaultRequestHeaders.Authorization = user.Http.DefaultRequestHeaders.Authorization;
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = GatewayRequests.Json($$"""{"model":"abacus-1","stream":true,"messages":[{{Question}}]}""") };
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
            while (await lines.ReadLineAsync() is { } line && !line.Contains("word39", StringComparison.Ordinal))
            {
            }

            // What was delivered is written down while the stream lasts: a server that died now would charge it.
            await UntilAsync(async () => await CheckpointAsync(user) > 60_000);
        }

        await left.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await UntilAsync(async () => (await bed.UsageAsync(user)).Count == 1);
        var used = (await bed.UsageAsync(user))[0];
        Assert.True(used.Cut);
        Assert.InRange(used.Out, 60, 90);
    }

    [Fact]
    public async Task OpenAIs_own_package_notices_nothing()
    {
        var user = await bed.Server.CreateUserAsync();
        var client = new OpenAIClient(new ApiKeyCredential(await user.CreateKeyAsync("chat", "embeddings")), new OpenAIClientOptions { Endpoint = new Uri(bed.Server.Address, "/v1") });
        var chat = client.GetChatClient("abacus-1");
        Answers("""{"w":"Let me see."}""", """{"calls":[{"name":"weather","arguments":{"city":"Köln"}}]}""", """{"end":"done","read":11,"wrote":9}""");
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("weather", "How it will be") }, Temperature = 0.5f, MaxOutputTokenCount = 50 };

        ChatCompletion whole = await chat.CompleteChatAsync([new SystemChatMessage("Be short."), new UserChatMessage("Weather?")], options);
        var (words, arguments, finish, usage) = ("", "", (ChatFinishReason?)null, (ChatTokenUsage?)null);
        await foreach (var update in chat.CompleteChatStreamingAsync([new UserChatMessage("Weather?")], options))
        {
            words += string.Concat(update.ContentUpdate.Select(part => part.Text));
            arguments += string.Concat(update.ToolCallUpdates.Select(piece => piece.FunctionArgumentsUpdate));
            (finish, usage) = (update.FinishReason ?? finish, update.Usage ?? usage);
        }

        bed.Upstream.Says("""{"v":[[0.5,-0.25]],"read":3}""");
        var vector = (await client.GetEmbeddingClient("compass-1").GenerateEmbeddingAsync("one")).Value.ToFloats();
        var refused = await Assert.ThrowsAsync<ClientResultException>(() => chat.CompleteChatAsync([new UserChatMessage("x")], new ChatCompletionOptions { ResponseFormat = ChatResponseFormat.CreateJsonObjectFormat() }));

        Assert.Equal(("Let me see.", ChatFinishReason.ToolCalls, 11, 9), (whole.Content[0].Text, whole.FinishReason, whole.Usage.InputTokenCount, whole.Usage.OutputTokenCount));
        Assert.Equal("""{"city":"Köln"}""", Assert.Single(whole.ToolCalls).FunctionArguments.ToString());
        Assert.Equal(("Let me see.", """{"city":"Köln"}""", ChatFinishReason.ToolCalls, 20), (words, arguments, finish, usage!.TotalTokenCount));
        Assert.Equal([0.5f, -0.25f], vector.ToArray());
        Assert.Contains("response_format", refused.Message, StringComparison.Ordinal);
    }

    private async Task<long> CheckpointAsync(TestUser user)
    {
        await using var connection = new Npgsql.NpgsqlConnection(bed.Server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand("SELECT coalesce(max(checkpoint), 0) FROM credits.holds WHERE user_id = $1", connection);
        command.Parameters.Add(new() { Value = user.Id });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task UntouchedAsync(TestUser user, bool called = false)
    {
        Assert.Equal(called, !bed.Upstream.Seen.IsEmpty);
        Assert.Empty(await bed.UsageAsync(user));
        Assert.Equal(0m, (await bed.CreditsAsync(user)).Held);
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        while (!await holds())
        {
            await Task.Delay(20, patience.Token);
        }
    }

    private void Answers(params string[] lines) => bed.Upstream.Streams(lines.Select(Line));

    private static byte[] Line(string json) => System.Text.Encoding.UTF8.GetBytes(json + "\n");

    private static string Header(HttpResponseMessage answer, string name) => Assert.Single(answer.Headers.GetValues(name));

    private static async Task<JsonElement> BodyAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonElement.Parse(text);
    }
}
