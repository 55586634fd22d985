using AIMake.Platform.Http;

namespace AIMake.Accounts.ProviderKeys;

/// <summary>Routes of users' own provider keys; for people only.</summary>
internal static class ProviderKeyEndpoints
{
    public static void MapProviderKeys(this IEndpointRouteBuilder app)
    {
        var keys = app.MapGroup("/api/keys").RequireCaller().SessionOnly().WithTags("Keys");
        keys.MapGet("", List).WithName("ListProviderKeys").WithSummary("The caller's own provider keys, newest first");
        keys.MapPost("", Create).WithName("CreateProviderKey").WithSummary("Keep a key of one's own for a provider, encrypted")
            .ProducesCreated<ProviderKeyView>();
        keys.MapGet("/{id:guid}", Find).WithName("GetProviderKey").WithSummary("One key, masked");
        keys.MapPut("/{id:guid}", Change).WithName("ChangeProviderKey").WithSummary("Rename, replace or set aside; another address needs the key again");
        keys.MapDelete("/{id:guid}", Delete).WithName("DeleteProviderKey").WithSummary("Forget a key");
        keys.MapPost("/{id:guid}/test", Test).WithRateClass(RateClass.Auth).WithName("TestProviderKey").WithSummary("Ask the provider whether the key is good");
    }

    private static async Task<ApiResult<Page<ProviderKeyView>>> List(
        [AsParameters] PageQuery page, CurrentCaller caller, ProviderKeyService keys, CancellationToken ct) =>
        page.Read<ProviderKeyCursor>("keys:created").TryGet(out var request, out var fault)
            ? await keys.ListAsync(caller.UserId, request, ct)
            : ApiResult.From<Page<ProviderKeyView>>(fault);

    private static async Task<ApiResult<ProviderKeyView>> Create(ProviderKeyRequest body, CurrentCaller caller, ProviderKeyService keys, CancellationToken ct) =>
        ApiResult.Created(await keys.CreateAsync(caller.UserId, body, ct));

    private static async Task<ApiResult<ProviderKeyView>> Find(Guid id, CurrentCaller caller, ProviderKeyService keys, CancellationToken ct) =>
        ApiResult.From(await keys.FindAsync(caller.UserId, id, ct));

    private static async Task<ApiResult<ProviderKeyView>> Change(
        Guid id, ProviderKeyChangeRequest body, CurrentCaller caller, ProviderKeyService keys, CancellationToken ct) =>
        ApiResult.From(await keys.ChangeAsync(caller.UserId, id, body, ct));

    private static async Task<ApiResult<object?>> Delete(Guid id, CurrentCaller caller, ProviderKeyService keys, CancellationToken ct) =>
        ApiResult.From((await keys.DeleteAsync(caller.UserId, id, ct)).Select(_ => (object?)null));

    private static async Task<ApiResult<ProviderKeyTest>> Test(Guid id, CurrentCaller caller, ProviderKeyService keys, CancellationToken ct) =>
        ApiResult.From(await keys.TestAsync(caller.UserId, id, ct));
}
