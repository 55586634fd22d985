using System.Net.Http.Json;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Accounts;

public sealed class RegistrationTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_new_user_is_signed_in_and_can_read_the_profile()
    {
        var user = await server.CreateUserAsync();

        var me = await (await user.Http.GetAsync("/api/auth/me")).DataAsync();

        Assert.Equal(user.Username, me.GetProperty("username").GetString());
        Assert.Equal("user", me.GetProperty("role").GetString());
        Assert.Equal("active", me.GetProperty("status").GetString());
        Assert.Equal("free", me.GetProperty("subscription").GetProperty("plan").GetString());
        Assert.Equal("system", me.GetProperty("preferences").GetProperty("theme").GetString());
    }
}
