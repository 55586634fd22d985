using System.Diagnostics;
using AIMake.Tests.Accounts.ApiKeys;
using AIMake.Tests.Hosting;
using Npgsql;

namespace AIMake.Tests.Security;

public sealed class BearerJunkTests(TestServer server) : IClassFixture<TestServer>
{
    public static TheoryData<string> Junk() =>
    [
        "' OR 1=1--", "x", "..", "...", "a.b.c", "%00", "null", "undefined", "aimake_live_0123456789abcdefghijklmnopqrstuv012345",
        new string('x', 10_000), "eyJhbGciOiJub25lIn0.e30.", "Bearer", "$(id)", "{\"alg\":\"HS256\"}",
    ];

    /// <summary>S15.</summary>
    [Theory]
    [MemberData(nameof(Junk))]
    public async Task Junk_is_refused_without_asking_the_database(string junk)
    {
        var asked = await CountQueriesAsync(async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/auth/me");
            request.Headers.TryAddUnchecked("Authorization", $"Bearer {junk}");
            await (await server.Anonymous.SendAsync(request)).FaultAsync(401, junk.StartsWith("aimake_live_", StringComparison.Ordinal) ? "INVALID_API_KEY" : "INVALID_TOKEN");
        });

        Assert.Empty(asked);
    }

    /// <summary>S15: the checksum is looked at first.</summary>
    [Theory]
    [InlineData("' OR 1=1--")]
    [InlineData("aimake_live_")]
    [InlineData("aimake_live_' OR 1=1--aaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("aimake_live_00000000000000000000000000000000000000")]
    [InlineData("AIMAKE_LIVE_00000000000000000000000000000000000000")]
    [InlineData("aimake_test_00000000000000000000000000000000000000")]
    public async Task A_misspelled_key_is_refused_without_asking_the_database(string junk)
    {
        var user = await server.CreateUserAsync();
        var key = await user.CreateKeyAsync("usage");
        var swapped = key[..^1] + (key[^1] == 'a' ? 'b' : 'a');
        var asked = await CountQueriesAsync(async () =>
        {
            foreach (var value in new[] { junk, swapped, key + "0", key.ToUpperInvariant(), new string('0', 10_000) })
            {
                foreach (var (header, prefix) in new[] { ("Authorization", "Bearer "), ("x-api-key", ""), ("api-key", "") })
                {
                    using var request = new HttpRequestMessage(HttpMethod.Get, "/api/credits");
                    request.Headers.TryAddUnchecked(header, prefix + value);
                    var meant = prefix.Length == 0 || value.StartsWith("aimake_live_", StringComparison.OrdinalIgnoreCase);
                    await (await server.Anonymous.SendAsync(request)).FaultAsync(401, meant ? "INVALID_API_KEY" : "INVALID_TOKEN");
                }
            }
        });

        Assert.Empty(asked);
        Assert.NotEmpty(await CountQueriesAsync(async () => await (await server.ClientWith(key).GetAsync("/api/credits")).DataAsync()));
    }

    [Fact]
    public async Task A_well_made_token_does_ask_so_the_count_above_counts()
    {
        var user = await server.CreateUserAsync();

        Assert.NotEmpty(await CountQueriesAsync(async () => await (await user.Http.GetAsync("/api/auth/me")).DataAsync()));
    }

    /// <summary>Statements on accounts sent to this class's own database meanwhile, as the driver traces them.</summary>
    private async Task<List<string>> CountQueriesAsync(Func<Task> act)
    {
        var database = new NpgsqlConnectionStringBuilder(server.ConnectionString).Database;
        var seen = new List<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                var text = string.Join(' ', activity.TagObjects.Select(t => t.Value));
                if (text.Contains(database!, StringComparison.Ordinal) && text.Contains("accounts.", StringComparison.Ordinal))
                {
                    lock (seen)
                    {
                        seen.Add(text);
                    }
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await act();
        return seen;
    }
}
