using System.IO.Compression;
using AIMake.Accounts.Profile;
using AIMake.Accounts.Storage;
using AIMake.Platform.Audit;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AIMake.Accounts.Export;

/// <summary>Everything held about the caller, as a zip that is made while it is sent.</summary>
internal static class ExportEndpoint
{
    public static async Task<IResult> Open(CurrentCaller caller, ExportSlots slots, IAuditLog audit, Database database, HttpContext context, CancellationToken ct)
    {
        if (slots.TryTake(caller.UserId) is not { } slot)
        {
            return ApiResult.From<Done>(new Fault(FaultCodes.ExportRunning) { RetryAfter = TimeSpan.FromSeconds(30) });
        }

        context.Response.RegisterForDispose(slot);
        var user = await database.TransactAsync(
            DbPurpose.Hot,
            async session =>
            {
                await audit.WriteAsync(session, AuditEntry.Own(AuditActions.AccountExported, caller.UserId), ct);
                return await Users.FindAsync(session, caller.UserId, ct);
            },
            ct);
        return user is null ? ApiResult.From<Done>(new Fault(FaultCodes.InvalidToken)) : new ExportResult(user);
    }
}

/// <summary>The archive itself.</summary>
internal sealed class ExportResult(UserRow user) : IResult
{
    public async Task ExecuteAsync(HttpContext context)
    {
        var clock = context.RequestServices.GetRequiredService<TimeProvider>();
        var response = context.Response;
        response.ContentType = "application/zip";
        response.Headers.ContentDisposition = $"attachment; filename=\"aimake-{clock.GetUtcNow():yyyy-MM-dd}.zip\"";
        response.Headers.CacheControl = "no-store";
        if (context.Features.Get<IHttpBodyControlFeature>() is { } body)
        {
            body.AllowSynchronousIO = true; // the framework's zip ends an entry with a few bytes written so, whatever it is asked
        }

        await using var zip = await ZipArchive.CreateAsync(response.Body, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, context.RequestAborted);
        try
        {
            await WriteAsync(new ExportArchive(zip, context.RequestServices.GetRequiredService<Database>(), clock), context);
        }
        catch
        {
            context.Abort(); // or closing the zip would give half of it a proper end
            throw;
        }
    }

    private async Task WriteAsync(ExportArchive archive, HttpContext context)
    {
        var ct = context.RequestAborted;
        await archive.AddTextAsync("README.md", ExportReadme.In(Preferences.LanguageOf(user)), ct);
        foreach (var module in context.RequestServices.GetServices<IUserDataExport>())
        {
            await module.WriteAsync(archive, user.Id, ct);
        }

        await archive.EndAsync(ct);
    }
}
