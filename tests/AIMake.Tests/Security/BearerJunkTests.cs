using System.Diagnostics;
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

    [Theory]
    [MemberData(nameof(Junk))]
    public async Task Junk_is_refused_without_asking_the_database(string junk)
    {
        var asked = await CountQueriesAsync(async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/auth/me");
            request.Headers.TryAddUnchecked("Authorization", $"Bearer {junk}");
            await (await server.Anonymous.SendAsync(request)).FaultAsync(401, "INVALID_TOKEN");
        });

        Assert.Empty(asked);
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
