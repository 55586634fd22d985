using System.Net;
using System.Net.Http.Json;
using AIMake.Library;
using AIMake.Platform.Database;
using AIMake.Platform.Scheduling;
using AIMake.Platform.Storage;
using AIMake.Tests.Hosting;
using AIMake.Tests.Speech;
using Dapper;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Library;

public sealed class LibraryTests(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("morning", "A")]
    [InlineData("MORNING café", "A")]
    [InlineData("晨间", "B")]
    [InlineData("新闻", "B")]
    [InlineData("闻", "B")]
    [InlineData("新聞", "")]
    [InlineData("ｍｏｒｎｉｎｇ", "A")]
    [InlineData("100%", "C")]
    [InlineData("1%0", "")]
    [InlineData("%", "C")]
    [InlineData("_", "C")]
    [InlineData("a_b", "C")]
    [InlineData("a\\b", "")]
    [InlineData("приВЕТ", "D")]
    [InlineData("everywhere", "ABCD")]
    [InlineData("everywhere nowhere", "")]
    [InlineData("'; drop table library.assets; --", "")]
    public async Task Words_are_found_in_titles_tags_and_texts_in_any_script(string q, string found)
    {
        var user = await CreateUserAsync();

        var items = (await user.GetAsync($"/api/library?sort=oldest&q={Uri.EscapeDataString(q)}")).GetProperty("items");

        Assert.Equal(found, string.Concat(items.EnumerateArray().Select(i => i.GetProperty("title").GetString()![0])));
    }

    [Fact]
    public async Task A_list_is_narrowed_by_kind_tag_and_time()
    {
        var user = await CreateUserAsync();

        async Task<string> Titles(string query) => string.Concat((await user.GetAsync($"/api/library?sort=oldest&{query}")).GetProperty("items")
            .EnumerateArray().Select(i => i.GetProperty("title").GetString()![0]));

        Assert.Equal("ABCD", await Titles("kind=audio"));
        Assert.Equal("", await Titles("kind=video"));
        Assert.Equal("B", await Titles($"tag={Uri.EscapeDataString("新闻")}"));
        Assert.Equal("", await Titles($"tag={Uri.EscapeDataString("新")}"));
        Assert.Equal("ABCD", await Titles("from=2020-01-01&to=2999-01-01T00:00:00Z"));
        Assert.Equal("", await Titles("to=2020-01-01"));
    }

    [Theory]
    [InlineData("newest", "DCBA")]
    [InlineData("oldest", "ABCD")]
    [InlineData("title", "ABCD")]
    public async Task Pages_of_any_order_join_without_gaps_or_repeats(string sort, string expected)
    {
        var user = await CreateUserAsync();
        var (seen, cursor) = ("", "");
        do
        {
            var page = await user.GetAsync($"/api/audios?limit=1&sort={sort}{cursor}");
            seen += page.GetProperty("items")[0].GetProperty("title").GetString()![0];
            cursor = page.GetProperty("nextCursor").GetString() is { } next ? $"&cursor={next}" : "";
        }
        while (cursor != "");

        Assert.Equal(expected, seen);
        var lengths = (await user.GetAsync("/api/audios?sort=longest")).GetProperty("items").EnumerateArray().Select(i => i.GetProperty("duration").GetDouble()).ToList();
        Assert.Equal(lengths.OrderDescending(), lengths);
    }

    [Theory]
    [InlineData("limit=0", "FIELD_OUT_OF_RANGE")]
    [InlineData("limit=101", "FIELD_OUT_OF_RANGE")]
    [InlineData("limit=x", "FIELD_INVALID")]
    [InlineData("cursor=nonsense", "CURSOR_INVALID")]
    [InlineData("sort=random", "FIELD_INVALID")]
    [InlineData("sort=1", "FIELD_INVALID")]
    [InlineData("from=yesterday", "FIELD_INVALID")]
    [InlineData("q=%00", "FIELD_INVALID")]
    [InlineData("tag=", "FIELD_INVALID")]
    [InlineData("kind=AUDIO", "FIELD_INVALID")]
    [InlineData("deleted=maybe", "FIELD_INVALID")]
    public async Task A_query_of_nonsense_is_refused(string query, string code)
    {
        var user = await server.CreateUserAsync();

        using var response = await user.Http.GetAsync($"/api/library?{query}");

        await response.FaultAsync(400, code);
    }

    [Fact]
    public async Task A_search_is_at_most_200_characters_long_and_quick()
    {
        var user = await CreateUserAsync();

        using var refused = await user.Http.GetAsync("/api/library?q=" + string.Concat(Enumerable.Repeat("%25", 2_000)));
        await refused.FaultAsync(400, "FIELD_INVALID");
        Assert.Empty((await user.GetAsync("/api/library?q=" + string.Concat(Enumerable.Repeat("a%25", 100)))).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_cursor_of_one_order_is_none_of_another()
    {
        var user = await CreateUserAsync();
        var cursor = (await user.GetAsync("/api/audios?limit=1")).GetProperty("nextCursor").GetString();

        using var response = await user.Http.GetAsync($"/api/audios?limit=1&sort=title&cursor={cursor}");

        await response.FaultAsync(400, "CURSOR_INVALID");
    }

    [Fact]
    public async Task What_is_deleted_waits_in_the_bin_and_comes_back_whole()
    {
        var user = await server.CreateUserAsync();
        var audio = await user.GenerateAsync("Here today.");
        var id = audio.GetProperty("id").GetGuid();

        var deleted = await (await user.Http.DeleteAsync($"/api/audios/{id}")).DataAsync();
        using var twice = await user.Http.DeleteAsync($"/api/audios/{id}");
        using var gone = await user.Http.GetAsync($"/api/audios/{id}");
        using var silent = await server.Anonymous.GetAsync(audio.GetProperty("url").GetString());
        using var edit = await user.PostAsync($"/api/audios/{id}/edit", new { text = "Gone tomorrow." });

        Assert.True(deleted.TryGetProperty("deletedAt", out _));
        await twice.FaultAsync(404, "NOT_FOUND");
        await gone.FaultAsync(404, "NOT_FOUND");
        await silent.FaultAsync(404, "NOT_FOUND");
        await edit.FaultAsync(404, "NOT_FOUND");
        Assert.Empty((await user.GetAsync("/api/library")).GetProperty("items").EnumerateArray());
        Assert.Single((await user.GetAsync("/api/audios?deleted=true")).GetProperty("items").EnumerateArray());

        await (await user.Http.PostAsync($"/api/audios/{id}/restore", null)).DataAsync();
        using var notInBin = await user.Http.PostAsync($"/api/audios/{id}/restore", null);

        await notInBin.FaultAsync(404, "NOT_FOUND");
        Assert.Equal("Here today.", (await user.GetAsync($"/api/audios/{id}")).GetProperty("text").GetString());
        Assert.NotEmpty(await server.PlayAsync(audio));
    }

    [Fact]
    public async Task After_thirty_days_in_the_bin_it_is_gone_with_its_file_and_text_and_the_rest_stays()
    {
        var user = await server.CreateUserAsync();
        var (old, young, kept) = (await IdAsync(user, "Old news."), await IdAsync(user, "Young news."), await IdAsync(user, "Good news."));
        await user.Http.DeleteAsync($"/api/audios/{old}");
        await user.Http.DeleteAsync($"/api/audios/{young}");
        await ExecuteAsync("UPDATE library.assets SET deleted_at = now() - interval '30 days 1 minute' WHERE id = @old", new { old });
        await ExecuteAsync("UPDATE library.assets SET deleted_at = now() - interval '29 days' WHERE id = @young", new { young });
        var files = Files(user);

        await PurgeAsync();

        Assert.Equal(3, files.Length);
        Assert.Equal(2, Files(user).Length);
        Assert.Equal([young, kept], (await QueryAsync<Guid>("SELECT id FROM speech.audios WHERE user_id = @id ORDER BY id", new { id = user.Id })).Order());
        using var tooLate = await user.Http.PostAsync($"/api/audios/{old}/restore", null);
        await tooLate.FaultAsync(404, "NOT_FOUND");
        await (await user.Http.PostAsync($"/api/audios/{young}/restore", null)).DataAsync();
    }

    [Fact]
    public async Task A_crash_between_row_and_file_leaves_a_file_for_the_collector_never_a_row_without_one()
    {
        await using var broken = await TestServer.StartAsync(
            ["--Storage:OrphanGrace", "00:10:00"], b => b.Services.AddSingleton<IFileStore>(s => new UndeletingStore(s.GetRequiredService<LocalFileStore>())));
        var user = await broken.CreateUserAsync();
        var id = await IdAsync(user, "Between two stools.");
        await user.Http.DeleteAsync($"/api/audios/{id}");
        await ExecuteAsync(broken, "UPDATE library.assets SET deleted_at = now() - interval '31 days'", null);
        var purge = broken.Services.GetServices<IRecurringJob>().Single(j => j.Name == "library-purge");
        await Assert.ThrowsAsync<IOException>(() => purge.RunOnceAsync(CancellationToken.None));

        Assert.Empty(await QueryAsync<Guid>(broken, "SELECT id FROM library.assets", null));
        var orphan = Assert.Single(Files(broken, user));
        File.SetLastWriteTimeUtc(orphan, DateTimeOffset.UnixEpoch.UtcDateTime);
        broken.Services.GetServices<IFileStore>().OfType<UndeletingStore>().Single().Healed = true;

        var packs = Directory.GetFiles(Path.Combine(broken.DataFolder, "media", "speech"), "*", SearchOption.AllDirectories);
        packs.ToList().ForEach(p => File.SetLastWriteTimeUtc(p, DateTimeOffset.UnixEpoch.UtcDateTime));
        await broken.Services.GetServices<IRecurringJob>().Single(j => j.Name == "storage-orphans").RunOnceAsync(CancellationToken.None);

        Assert.False(File.Exists(orphan));
        Assert.All(packs, p => Assert.True(File.Exists(p), "a pack with rows is nobody's orphan"));
    }

    [Fact]
    public async Task A_link_opens_what_it_was_made_for_and_nothing_else()
    {
        var (user, other) = (await server.CreateUserAsync(), await server.CreateUserAsync());
        var url = (await user.GenerateAsync("Sign here.")).GetProperty("url").GetString()!;
        var foreign = (await other.GenerateAsync("Not yours.")).GetProperty("id").GetGuid();
        var own = url[..url.IndexOf('?', StringComparison.Ordinal)];

        string[] tampered =
        [
            url.Replace(own, $"/media/{foreign}", StringComparison.Ordinal),
            url.Replace($"u={user.Id:N}", $"u={other.Id:N}", StringComparison.Ordinal),
            System.Text.RegularExpressions.Regex.Replace(url, "exp=\\d+", "exp=4102444800"),
            url.Replace("d=inline", "d=attachment", StringComparison.Ordinal),
            url.Replace("sig=", "sig=A", StringComparison.Ordinal),
            url[..url.IndexOf("&sig", StringComparison.Ordinal)] + "&sig=",
            url + "&sig=" + url[(url.LastIndexOf('=') + 1)..],
            System.Text.RegularExpressions.Regex.Replace(url, "kid=[^&]+", "kid=none"),
        ];
        foreach (var link in tampered)
        {
            using var refused = await server.Anonymous.GetAsync(link);
            await refused.FaultAsync(403, "SIGNED_URL_INVALID");
        }

        using var posted = await server.Anonymous.PostAsync(url, null);
        using var bare = await server.Anonymous.GetAsync(own);
        using var notOwner = await other.Http.GetAsync(own);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, posted.StatusCode);
        await bare.FaultAsync(401, "UNAUTHENTICATED");
        await notOwner.FaultAsync(404, "NOT_FOUND");
        Assert.Equal(HttpStatusCode.OK, (await user.Http.GetAsync(own)).StatusCode);
        using var played = await server.Anonymous.GetAsync(url);
        Assert.Equal("inline", played.Content.Headers.ContentDisposition!.DispositionType);
    }

    [Theory]
    [InlineData("tag=", "字段“tag”无效：标签须为 1 到 50 个字符")]
    [InlineData("sort=random", "字段“sort”无效：可选：newest, oldest, title, longest")]
    [InlineData("from=yesterday", "字段“from”无效：须为 ISO 8601 日期或时间")]
    [InlineData("q=%00", "字段“q”无效：不能包含 NUL 字符")]
    [InlineData("deleted=maybe", "字段“deleted”无效：类型或取值不正确")]
    public async Task A_refusal_in_Chinese_is_Chinese_to_its_end(string query, string message)
    {
        var user = await server.CreateUserAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/library?{query}");
        request.Headers.AcceptLanguage.ParseAdd("zh-CN");
        using var refused = await user.Http.SendAsync(request);

        Assert.Equal(message, (await refused.FaultAsync(400, "FIELD_INVALID")).GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("What it does.", "What it does.mp3")]
    [InlineData("Wait. . .", "Wait.mp3")]
    [InlineData("...", "file.mp3")]
    [InlineData("v1.2", "v1.2.mp3")]
    public void A_file_is_called_like_its_title_with_one_dot_before_the_extension(string title, string name) =>
        Assert.Equal(name, MediaEndpoint.FileName(title, "audio/01a1/01b2.mp3"));

    [Fact]
    public async Task A_leaving_user_takes_everything_along()
    {
        var user = await server.CreateUserAsync();
        await user.GenerateAsync("Forget me.");

        using var left = await user.Http.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/api/auth/me") { Content = JsonContent.Create(new { password = user.Password }) });

        Assert.True(left.IsSuccessStatusCode, await left.Content.ReadAsStringAsync());
        foreach (var table in new[] { "library.assets", "speech.audios", "speech.packs", "speech.segments" })
        {
            Assert.Equal(0, (await QueryAsync<long>($"SELECT count(*) FROM {table} WHERE user_id = @id", new { id = user.Id })).Single());
        }
    }

    /// <summary>Four audios, made in this order.</summary>
    private async Task<TestUser> CreateUserAsync()
    {
        var user = await server.CreateUserAsync();
        (string Title, string Text, string[] Tags)[] audios =
        [
            ("A café", "Good Morning, everywhere.", []),
            ("B 晨间广播", "Today everywhere in the world.", ["新闻", "daily"]),
            ("C 100% a_b", "Everywhere.", []),
            ("D Привет", "Everywhere and once more.", []),
        ];
        foreach (var (title, text, tags) in audios)
        {
            await (await user.PostAsync("/api/tts/generate", new { text, voiceId = Sounds.Voice, title, tags })).DataAsync();
        }

        return user;
    }

    private static async Task<Guid> IdAsync(TestUser user, string text) => (await user.GenerateAsync(text)).GetProperty("id").GetGuid();

    private Task PurgeAsync() => server.Services.GetServices<IRecurringJob>().Single(j => j.Name == "library-purge").RunOnceAsync(CancellationToken.None);

    private string[] Files(TestUser user) => Files(server, user);

    private static string[] Files(TestServer server, TestUser user) =>
        Directory.GetFiles(Path.Combine(server.DataFolder, "media", "audio", user.Id.ToString("N")));

    private Task ExecuteAsync(string sql, object? parameters) => ExecuteAsync(server, sql, parameters);

    private static async Task ExecuteAsync(TestServer server, string sql, object? parameters)
    {
        await using var connection = await server.Services.GetRequiredService<Database>().Source(DbPurpose.Admin).OpenConnectionAsync();
        await connection.ExecuteAsync(sql, parameters);
    }

    private Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters) => QueryAsync<T>(server, sql, parameters);

    private static async Task<IReadOnlyList<T>> QueryAsync<T>(TestServer server, string sql, object? parameters)
    {
        await using var connection = await server.Services.GetRequiredService<Database>().Source(DbPurpose.Admin).OpenConnectionAsync();
        return (await connection.QueryAsync<T>(sql, parameters)).AsList();
    }

    /// <summary>As if the process died before it could delete: rows are gone, bytes are not.</summary>
    private sealed class UndeletingStore(LocalFileStore inner) : IFileStore
    {
        public bool Healed { get; set; }

        public Task<StoredFile> PutAsync(string key, string path, string contentType, CancellationToken ct) => inner.PutAsync(key, path, contentType, ct);

        public Task<Stream?> OpenAsync(string key, long offset, long? length, CancellationToken ct) => inner.OpenAsync(key, offset, length, ct);

        public Task DeleteAsync(string key, CancellationToken ct) => Healed ? inner.DeleteAsync(key, ct) : throw new IOException("killed");

        public string NewTempPath() => inner.NewTempPath();
    }
}
