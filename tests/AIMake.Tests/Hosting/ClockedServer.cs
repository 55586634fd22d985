using AIMake.Accounts;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Hosting;

/// <summary>A server whose clock the test moves, shared by the tests of a class. The routes under <c>/test</c> are there for the gate's tests.</summary>
public sealed class ClockedServer : IAsyncLifetime
{
    internal ManualTime Clock { get; } = new();

    public TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Server = await TestServer.StartAsync(adjust: b => b.Services.AddSingleton<TimeProvider>(Clock), map: GateRoutes.Map);

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
