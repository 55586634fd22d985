using AIMake.Accounts;
using AIMake.Accounts.Roles;
using AIMake.Platform.Http;
using AIMake.Providers.Declarative;
using AIMake.Providers.Pools;

namespace AIMake.Operations.Pools;

/// <summary>Routes of the operator's providers and their keys.</summary>
internal static class PoolEndpoints
{
    public static void MapPools(this IEndpointRouteBuilder app)
    {
        var providers = app.MapGroup("/api/admin/providers").Require(Permission.ManageProviders).WithTags("Admin");
        providers.MapGet("", List).WithName("ListProviders").WithSummary("Every provider known here, and how it is doing");
        app.MapGet("/api/admin/provider-files", ListFiles).Require(Permission.ManageProviders).WithTags("Admin").WithName("ListProviderFiles")
            .WithSummary("The files that describe providers, as this node has taken them: in force, or what is wrong at which line and field");
        providers.MapPut("/{name}", Switch).WithName("ChangeProvider").WithSummary("Switch a provider off or on; every node follows within five seconds");
        providers.MapGet("/{name}/keys", ListKeys).WithName("ListPoolKeys").WithSummary("Keys of a provider's pool, masked, and their health");
        providers.MapPost("/{name}/keys", Add).WithName("AddPoolKey").WithSummary("Add a key; every node uses it within five seconds")
            .ProducesCreated<PoolKeyView>();
        providers.MapPut("/{name}/keys/{id:guid}", Change).WithName("ChangePoolKey").WithSummary("Weigh, rename or set aside a key that was added here");
        providers.MapDelete("/{name}/keys/{id:guid}", Delete).WithName("DeletePoolKey").WithSummary("Forget a key that was added here");
        providers.MapPost("/{name}/keys/{id:guid}/test", Test).WithName("TestPoolKey").WithSummary("Ask the provider about a key; a good one is used again");
        providers.MapGet("/{name}/events", Events).WithName("ListKeyEvents").WithSummary("What happened to a provider's keys in the last thirty days, newest first");
    }

    private static ApiResult<Page<ProviderView>> List([AsParameters] PageQuery page, PoolService pools) =>
        page.Read<NameCursor>("providers:name").TryGet(out var request, out var fault)
            ? pools.Providers(request)
            : ApiResult.From<Page<ProviderView>>(fault);

    private static ApiResult<Page<ProviderFileView>> ListFiles([AsParameters] PageQuery page, ProviderFiles files, HttpContext context) =>
        ApiResult.From(page.Read<NameCursor>("provider-files:name").Select(request => request.ToPage(
            [.. files.All.Where(file => request.After is null || string.CompareOrdinal(file.Name, request.After.Name) > 0).Take(request.Take)],
            file => new NameCursor(file.Name), file => files.View(file, RequestLanguage.Of(context)))));

    private static async Task<ApiResult<ProviderView>> Switch(string name, ProviderChangeRequest body, CurrentCaller caller, PoolService pools, CancellationToken ct) =>
        ApiResult.From(await pools.SwitchAsync(name, body.Disabled, caller.UserId, ct));

    private static ApiResult<Page<PoolKeyView>> ListKeys(string name, [AsParameters] PageQuery page, PoolService pools) =>
        page.Read<KeyCursor>("providers:keys").TryGet(out var request, out var fault)
            ? ApiResult.From(pools.Keys(name, request))
            : ApiResult.From<Page<PoolKeyView>>(fault);

    private static async Task<ApiResult<PoolKeyView>> Add(string name, NewPoolKeyRequest body, PoolService pools, CancellationToken ct) =>
        ApiResult.Created(await pools.AddAsync(name, body, ct));

    private static async Task<ApiResult<PoolKeyView>> Change(string name, Guid id, PoolKeyChangeRequest body, PoolService pools, CancellationToken ct) =>
        ApiResult.From(await pools.ChangeAsync(name, id, body, ct));

    private static async Task<ApiResult<object?>> Delete(string name, Guid id, PoolService pools, CancellationToken ct) =>
        ApiResult.From((await pools.DeleteAsync(name, id, ct)).Select(_ => (object?)null));

    private static async Task<ApiResult<PoolKeyTestView>> Test(string name, Guid id, PoolService pools, CancellationToken ct) =>
        ApiResult.From(await pools.TestAsync(name, id, ct));

    private static async Task<ApiResult<Page<KeyEventView>>> Events(string name, [AsParameters] PageQuery page, PoolService pools, CancellationToken ct) =>
        page.Read<EventCursor>("providers:events").TryGet(out var request, out var fault)
            ? ApiResult.From(await pools.EventsAsync(name, request, ct))
            : ApiResult.From<Page<KeyEventView>>(fault);
}

/// <summary>A file that describes a provider.</summary>
/// <param name="Name">The provider's.</param>
/// <param name="File">The file's.</param>
/// <param name="State"><c>active</c>: in force as it stands; <c>needsKey</c>: in order, and offered once it has a key; <c>outdated</c>: broken, and what it said before stays in force; <c>refused</c>: broken, and not offered.</param>
/// <param name="Problems">What is wrong or missing, in the reader's language, each with its line and field where there is one, e.g. <c>line 7, chat.path: must begin with /</c>.</param>
/// <param name="Since">When it was read.</param>
public sealed record ProviderFileView(string Name, string File, DeclaredFileState State, IReadOnlyList<string> Problems, DateTimeOffset Since);
