using AIMake.Accounts;
using AIMake.Platform.Scheduling;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Accounts;

public sealed class PurgeJobTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task What_decides_nothing_any_more_leaves_and_what_is_in_use_stays()
    {
        var (current, gone) = (await server.CreateUserAsync(), await server.CreateUserAsync());
        await server.CreateSetupTokenAsync();
        await TestDatabase.ExecuteAsync(server, $"""
            UPDATE accounts.sessions SET created_at = now() - interval '200 days', expires_at = now() - interval '31 days' WHERE user_id = '{gone.Id}';
            INSERT INTO accounts.refresh_tokens (digest, family, created_at, expires_at, used_at, replaced_by)
                SELECT sha256('old'), id, now() - interval '40 days', now() - interval '1 day', now() - interval '31 days', sha256('new') FROM accounts.sessions WHERE user_id = '{current.Id}';
            INSERT INTO accounts.login_attempts VALUES (sha256('old'), 3, now() - interval '2 hours', now() - interval '2 hours'), (sha256('new'), 3, now(), now());
            INSERT INTO accounts.setup_links VALUES (sha256('old'), now() - interval '8 days', now() - interval '1 day')
            """);

        await server.Services.GetServices<IRecurringJob>().OfType<PurgeJob>().Single().RunOnceAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0L, await TestDatabase.ExecuteAsync(server, $"SELECT count(*) FROM accounts.sessions WHERE user_id = '{gone.Id}'"));
        Assert.Equal(1L, await TestDatabase.ExecuteAsync(server, $"SELECT count(*) FROM accounts.sessions WHERE user_id = '{current.Id}'"));
        Assert.Equal(1L, await TestDatabase.ExecuteAsync(server, "SELECT count(*) FROM accounts.refresh_tokens"));
        Assert.Equal(1L, await TestDatabase.ExecuteAsync(server, "SELECT count(*) FROM accounts.login_attempts"));
        Assert.Equal(1L, await TestDatabase.ExecuteAsync(server, "SELECT count(*) FROM accounts.setup_links"));
        await (await current.Http.GetAsync("/api/auth/me")).DataAsync();
    }
}
