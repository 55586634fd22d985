using System.IO.Compression;
using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Tests.Accounts.ApiKeys;
using AIMake.Tests.Hosting;
using AIMake.Tests.Speech;

namespace AIMake.Tests.Accounts.Export;

public sealed class ExportTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task The_archive_holds_what_is_known_of_the_user_and_what_they_made_and_no_secret()
    {
        var user = await server.CreateUserAsync();
        var key = await user.CreateKeyAsync("chat");
        await (await user.Http.PostAsJsonAsync("/api/keys", new { service = "openai", keyName = "mine", keyValue = "sk-canary-of-a-user-0123" })).DataAsync(201);

        var audio = await user.GenerateAsync(Sounds.Text(1), "mp3");

        var entries = await ReadAsync(user);

        Assert.Equal(user.Email, JsonElement.Parse(entries["account/profile.json"]).GetProperty("email").GetString());
        Assert.Contains("account.created", entries["account/what-i-did.jsonl"], StringComparison.Ordinal);
        Assert.Contains("\"last4\"", entries["account/api-keys.jsonl"], StringComparison.Ordinal);
        Assert.Single(entries["account/sessions.jsonl"].Trim().Split('\n'));
        Assert.NotEmpty(entries["credits/statement.jsonl"]);
        var made = JsonElement.Parse(entries["library/library.jsonl"]);
        Assert.Equal(audio.GetProperty("id").GetGuid(), made.GetProperty("id").GetGuid());
        Assert.True(entries.ContainsKey(made.GetProperty("file").GetString()!), string.Join(' ', entries.Keys));
        var all = string.Concat(entries.Values);
        Assert.All([key, "sk-canary-of-a-user-0123", user.Password, user.AccessToken, "passwordHash", "digest"], s => Assert.DoesNotContain(s, all, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Nobody_elses_things_are_in_it()
    {
        var (user, other) = (await server.CreateUserAsync(), await server.CreateUserAsync());

        var all = string.Concat((await ReadAsync(user)).Values);

        Assert.DoesNotContain(other.Id.ToString(), all, StringComparison.Ordinal);
        Assert.DoesNotContain(other.Email, all, StringComparison.Ordinal);
    }

    private static async Task<Dictionary<string, string>> ReadAsync(TestUser user)
    {
        using var answer = await user.Http.GetAsync("/api/user/export");
        Assert.Equal("application/zip", answer.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("attachment; filename=\"aimake-", answer.Content.Headers.GetValues("Content-Disposition").Single(), StringComparison.Ordinal);
        using var zip = new ZipArchive(new MemoryStream(await answer.Content.ReadAsByteArrayAsync()));
        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in zip.Entries)
        {
            using var reader = new StreamReader(await entry.OpenAsync());
            entries[entry.FullName] = await reader.ReadToEndAsync();
        }

        return entries;
    }
}
