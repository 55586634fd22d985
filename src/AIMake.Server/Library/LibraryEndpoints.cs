using AIMake.Accounts;
using AIMake.Accounts.ApiKeys;
using AIMake.Platform.Http;
using Microsoft.AspNetCore.Mvc;

namespace AIMake.Library;

/// <summary>Everything made, of all kinds, and the links that play it.</summary>
internal static class LibraryEndpoints
{
    public static void MapLibrary(this IEndpointRouteBuilder app)
    {
        var library = app.MapGroup("/api/library").RequireCaller().RequireScope(ApiKeyScope.Library).WithTags("Library");
        library.MapGet("", List).WithName("ListLibrary").WithSummary("Everything made, all kinds");

        // A player cannot send an access token: the link itself carries the right, and without one the token decides.
        app.MapMethods("/media/{id:guid}", ["GET", "HEAD"], MediaEndpoint.Open).Public().RequireScope(ApiKeyScope.Library).WithName("OpenMedia").WithTags("Library")
            .WithSummary("The bytes behind an asset's url");
    }

    private static async Task<ApiResult<Page<AssetView>>> List(
        [AsParameters] LibraryParameters parameters, [AsParameters] PageQuery page, CurrentCaller caller, LibraryService library, AssetLinks links,
        HttpRequest request, CancellationToken ct) =>
        parameters.Read().TryGet(out var query, out var fault)
            ? ApiResult.From(await library.ListAsync(caller.UserId, query, page, row => links.View(row, request), ct))
            : ApiResult.From<Page<AssetView>>(fault);
}

/// <summary>The query of the library's list.</summary>
public sealed class LibraryParameters
{
    /// <summary><c>audio</c>; all kinds when absent.</summary>
    [FromQuery(Name = "kind")]
    public string? Kind { get; init; }

    /// <summary>Words that must all occur in title, tags or the beginning of the text, at most 200 characters.</summary>
    [FromQuery(Name = "q")]
    public string? Q { get; init; }

    /// <summary>One tag, exactly.</summary>
    [FromQuery(Name = "tag")]
    public string? Tag { get; init; }

    /// <summary>Made at or after this ISO 8601 time.</summary>
    [FromQuery(Name = "from")]
    public string? From { get; init; }

    /// <summary>Made before this ISO 8601 time.</summary>
    [FromQuery(Name = "to")]
    public string? To { get; init; }

    /// <summary><c>newest</c> (default), <c>oldest</c>, <c>title</c> or <c>longest</c>.</summary>
    [FromQuery(Name = "sort")]
    public string? Sort { get; init; }

    /// <summary>True lists the bin instead.</summary>
    [FromQuery(Name = "deleted")]
    public bool? Deleted { get; init; }

    internal Platform.Faults.Outcome<LibraryQuery> Read(string? kind = null) =>
        LibraryQuery.Parse(kind ?? Kind, Q, Tag, From, To, Deleted, Sort);
}
