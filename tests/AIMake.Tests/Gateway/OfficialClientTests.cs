#pragma warning disable OPENAI001 // the package marks what OpenAI added lately as likely to change
using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AIMake.Tests.Accounts.ApiKeys;
using AIMake.Tests.Hosting;
using AIMake.Tests.Simulator;
using OpenAI;
using OpenAI.Audio;
using OpenAI.Chat;
using OpenAI.Images;
using OpenAI.Responses;

namespace AIMake.Tests.Gateway;

/// <summary>OpenAI's own package for .NET believes that AIMake is OpenAI: only the address and the key are ours.</summary>
public sealed class OfficialClientTests(OfficialClientTests.Stage stage) : IClassFixture<OfficialClientTests.Stage>
{
    private const string Said = "The kettle is on, and nothing is urgent today.";

    [Fact]
    public async Task It_chats_whole_and_streamed()
    {
        var chat = (await stage.ClientAsync()).GetChatClient("gpt-4o-mini");

        ChatCompletion whole = await chat.CompleteChatAsync("Good morning");
        var (words, usage) = (new StringBuilder(), (ChatTokenUsage?)null);
        await foreach (var update in chat.CompleteChatStreamingAsync("Good morning"))
        {
            words.Append(string.Concat(update.ContentUpdate.Select(part => part.Text)));
            usage = update.Usage ?? usage;
        }

        Assert.StartsWith("You said: Good morning", whole.Content[0].Text, StringComparison.Ordinal);
        Assert.Equal(whole.Content[0].Text, words.ToString());
        Assert.Equal(whole.Usage.TotalTokenCount, usage?.TotalTokenCount); // this client always asks
    }

    [Fact]
    public async Task A_model_calls_a_tool_and_hears_what_it_says()
    {
        var chat = (await stage.ClientAsync()).GetChatClient("gpt-4o-mini");
        var schema = """{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}},"required":["city"]}""";
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("weather", "How it will be", BinaryData.FromString(schema)) } };
        List<ChatMessage> talk = [new UserChatMessage("Weather?")];

        ChatCompletion asked = await chat.CompleteChatAsync(talk, options);
        var call = Assert.Single(asked.ToolCalls);
        var streamed = new StringBuilder();
        await foreach (var update in chat.CompleteChatStreamingAsync(talk, options))
        {
            streamed.Append(string.Concat(update.ToolCallUpdates.Select(piece => piece.FunctionArgumentsUpdate)));
        }

        talk.AddRange([new AssistantChatMessage(asked), new ToolChatMessage(call.Id, "sunny")]);
        ChatCompletion answered = await chat.CompleteChatAsync(talk, options);

        Assert.Equal(ChatFinishReason.ToolCalls, asked.FinishReason);
        Assert.Equal("São \"Paulo\" \\ 北京", JsonElement.Parse(call.FunctionArguments.ToString()).GetProperty("city").GetString());
        Assert.Equal(call.FunctionArguments.ToString(), streamed.ToString());
        Assert.Contains("The tool says: sunny", answered.Content[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_reads_responses_whole_and_streamed()
    {
        var responses = (await stage.ClientAsync()).GetResponsesClient();

        ResponseResult whole = await responses.CreateResponseAsync("gpt-4o-mini", "Good morning");
        var words = new StringBuilder();
        await foreach (var update in responses.CreateResponseStreamingAsync("gpt-4o-mini", "Good morning"))
        {
            words.Append((update as StreamingResponseOutputTextDeltaUpdate)?.Delta);
        }

        Assert.StartsWith("You said: Good morning", whole.GetOutputText(), StringComparison.Ordinal);
        Assert.Equal(whole.GetOutputText(), words.ToString());
    }

    [Fact]
    public async Task It_turns_texts_into_vectors()
    {
        var vectors = await (await stage.ClientAsync()).GetEmbeddingClient("text-embedding-3-small").GenerateEmbeddingsAsync(["one", "two"]);
        Assert.Equal([1536, 1536], vectors.Value.Select(v => v.ToFloats().Length));
    }

    [Fact]
    public async Task It_speaks_and_understands_what_it_said()
    {
        var client = await stage.ClientAsync();
        var spoken = await client.GetAudioClient("tts-1").GenerateSpeechAsync(Said, GeneratedSpeechVoice.Alloy, new() { ResponseFormat = GeneratedSpeechFormat.Wav });
        var heard = await client.GetAudioClient("whisper-1").TranscribeAudioAsync(spoken.Value.ToStream(), "said.wav");
        Assert.Equal(Said, heard.Value.Text);
    }

    [Fact]
    public async Task It_paints_and_changes_what_it_painted()
    {
        var images = (await stage.ClientAsync()).GetImageClient("gpt-image-1-mini");
        var painted = await images.GenerateImageAsync("a fox", new() { Quality = new("low"), Size = GeneratedImageSize.W1024xH1024 });
        var changed = await images.GenerateImageEditAsync(painted.Value.ImageBytes.ToStream(), "fox.png", "a blue fox", new ImageEditOptions { Quality = new("low") });
        Assert.All([painted.Value.ImageBytes, changed.Value.ImageBytes], picture => Assert.Equal("PNG", Encoding.ASCII.GetString(picture.ToArray(), 1, 3)));
    }

    [Fact]
    public async Task It_knows_the_models()
    {
        var models = (await stage.ClientAsync()).GetOpenAIModelClient();
        Assert.Contains((await models.GetModelsAsync()).Value, model => model.Id == "gpt-4o-mini");
        Assert.Equal("openai", (await models.GetModelAsync("gpt-4o-mini")).Value.OwnedBy);
    }

    [Fact]
    public async Task Refusals_arrive_with_their_status_and_are_not_tried_again()
    {
        var user = await stage.Server.CreateUserAsync();
        async Task<int> StatusAsync(string key, string model = "gpt-4o-mini") =>
            (await Assert.ThrowsAsync<ClientResultException>(async () => await stage.Client(key).GetChatClient(model).CompleteChatAsync("Hi"))).Status;

        Assert.Equal(401, await StatusAsync("sk-wrong"));
        Assert.Equal(403, await StatusAsync(await user.CreateKeyAsync("speech")));
        Assert.Equal(404, await StatusAsync(await user.CreateKeyAsync("chat"), "nope"));
        var poor = await user.CreateKeyAsync(new { name = "k", scopes = new[] { "chat" }, creditLimit = new { amount = 0, window = "total" } });
        Assert.Equal(402, await StatusAsync(poor.GetProperty("secret").GetString()!));
    }

    [Fact]
    public async Task What_the_answers_say_they_cost_adds_up_to_the_statement()
    {
        var user = await stage.Server.CreateUserAsync();
        var client = stage.Client(await user.CreateKeyAsync("chat", "embeddings", "speech", "images"));
        PipelineResponse[] answers =
        [
            (await client.GetChatClient("gpt-4o-mini").CompleteChatAsync("Good morning")).GetRawResponse(),
            (await client.GetEmbeddingClient("text-embedding-3-small").GenerateEmbeddingAsync("one")).GetRawResponse(),
            (await client.GetAudioClient("tts-1").GenerateSpeechAsync(Said, GeneratedSpeechVoice.Alloy, new() { ResponseFormat = GeneratedSpeechFormat.Wav })).GetRawResponse(),
            (await client.GetImageClient("gpt-image-1-mini").GenerateImageAsync("a fox", new() { Quality = new("low") })).GetRawResponse(),
        ];

        var told = answers.Sum(a => a.Headers.TryGetValue("X-AIMake-Credits", out var credits) ? decimal.Parse(credits!, CultureInfo.InvariantCulture) : 0);

        var entries = (await user.Http.GetFromJsonAsync<JsonElement>("/api/credits/entries?kind=spend")).GetProperty("data").GetProperty("items");
        Assert.Equal(4, entries.GetArrayLength());
        Assert.Equal(told, -entries.EnumerateArray().Sum(e => e.GetProperty("amount").GetDecimal()));
    }

    /// <summary>A server whose OpenAI is the simulator.</summary>
    public sealed class Stage : IAsyncLifetime
    {
        private readonly SimulatorHost _simulator = new();

        public TestServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await _simulator.InitializeAsync();
            Server = await TestServer.StartAsync(
                ["--Providers:OpenAi:ApiKey", "sk-server", "--Providers:OpenAi:BaseUrl", _simulator.BaseUrl, "--Outbound:AllowedHosts", _simulator.Host]);
        }

        /// <summary>A client with a fresh user's key.</summary>
        internal async Task<OpenAIClient> ClientAsync() =>
            Client(await (await Server.CreateUserAsync()).CreateKeyAsync("chat", "embeddings", "speech", "transcription", "images", "models"));

        internal OpenAIClient Client(string key) => new(new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = new Uri(Server.Address, "/v1") });

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            await _simulator.DisposeAsync();
        }
    }
}
