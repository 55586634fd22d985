using System.IO.Compression;
using AIMake.Platform.Audit;
using AIMake.Platform.Database;
using Microsoft.AspNetCore.Http.Features;

namespace AIMake.Accounts.Export;

/// <summary>Everything held about the caller, as a zip that is made while it is sent.</summary>
internal static class ExportEndpoint
{
    public static async Task Write(
        CurrentCaller caller, IEnumerable<IUserDataExport> modules, IAuditLog audit, Database database, TimeProvider clock, HttpContext context, CancellationToken ct)
    {
        await database.TransactAsync(DbPurpose.Hot, session => audit.WriteAsync(session, AuditEntry.Own(AuditActions.AccountExported, caller.UserId), ct), ct);
        var response = context.Response;
        response.ContentType = "application/zip";
        response.Headers.ContentDisposition = $"attachment; filename=\"aimake-{clock.GetUtcNow():yyyy-MM-dd}.zip\"";
        response.Headers.CacheControl = "no-store";
        if (context.Features.Get<IHttpBodyControlFeature>() is { } body)
        {
            body.AllowSynchronousIO = true; // the framework's zip ends an entry with a few bytes written so, whatever it is asked
        }

        await using var zip = await ZipArchive.CreateAsync(response.Body, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, ct);
        var archive = new ExportArchive(zip, clock);
        foreach (var module in modules)
        {
            await module.WriteAsync(archive, caller.UserId, ct);
        }
    }
}
