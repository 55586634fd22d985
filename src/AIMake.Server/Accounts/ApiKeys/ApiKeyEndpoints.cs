using AIMake.Platform.Http;

namespace AIMake.Accounts.ApiKeys;

/// <summary>Routes of a user's API keys; for people only.</summary>
internal static class ApiKeyEndpoints
{
    public static void MapApiKeys(this IEndpointRouteBuilder app)
    {
        var keys = app.MapGroup("/api/tokens").RequireCaller().SessionOnly().WithTags("Keys");
        keys.MapGet("", List).WithName("ListApiKeys").WithSummary("API keys of this server, newest first");
        keys.MapPost("", Create).WithName("CreateApiKey").WithSummary("Make an API key; the answer shows it once")
            .ProducesCreated<NewApiKeyView>();
        keys.MapGet("/{id:guid}", Find).WithName("GetApiKey").WithSummary("One key, without the key itself");
        keys.MapPut("/{id:guid}", Change).WithName("ChangeApiKey").WithSummary("Give a key another name, scopes and limits");
        keys.MapDelete("/{id:guid}", Revoke).WithName("RevokeApiKey").WithSummary("End a key for good");
    }

    private static async Task<ApiResult<Page<ApiKeyView>>> List([AsParameters] PageQuery page, CurrentCaller caller, ApiKeyService keys, CancellationToken ct) =>
        page.Read<ApiKeyCursor>("tokens:created").TryGet(out var request, out var fault)
            ? await keys.ListAsync(caller.UserId, request, ct)
            : ApiResult.From<Page<ApiKeyView>>(fault);

    private static async Task<ApiResult<NewApiKeyView>> Create(ApiKeyRequest body, CurrentCaller caller, ApiKeyService keys, HttpContext context, CancellationToken ct)
    {
        context.Response.Headers.CacheControl = "no-store";
        return ApiResult.Created(await keys.CreateAsync(caller.UserId, body, ct));
    }

    private static async Task<ApiResult<ApiKeyView>> Find(Guid id, CurrentCaller caller, ApiKeyService keys, CancellationToken ct) =>
        ApiResult.From(await keys.FindAsync(caller.UserId, id, ct));

    private static async Task<ApiResult<ApiKeyView>> Change(Guid id, ApiKeyRequest body, CurrentCaller caller, ApiKeyService keys, CancellationToken ct) =>
        ApiResult.From(await keys.ChangeAsync(caller.UserId, id, body, ct));

    private static async Task<ApiResult<object?>> Revoke(Guid id, CurrentCaller caller, ApiKeyService keys, CancellationToken ct) =>
        ApiResult.From((await keys.RevokeAsync(caller.UserId, id, ct)).Select(_ => (object?)null));
}
