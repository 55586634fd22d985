using System.Net;
using AIMake.Accounts;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Platform.Secrets;
using AIMake.Platform.Settings;

namespace AIMake.Platform.Mail;

/// <summary>A mail that was kept because there is no mail server.</summary>
/// <param name="At">UTC.</param>
public sealed record KeptMail(Guid Id, DateTimeOffset At, string To, string Subject, string Text);

/// <summary>Mails to users.</summary>
internal static class MailModule
{
    private const int MostShown = 100;

    public static void AddMail(this IHostApplicationBuilder builder, HttpOptions http, ServerOptions server)
    {
        var options = builder.AddSettings<MailOptions>(MailOptions.Section);
        if (options.SendsOut && http.PublicUrl is null && SmtpServer.Parse(options.Url!) is { IsHere: false })
        {
            builder.SettingsRegistry().Report("Http:PublicUrl", "is needed with SMTP_URL: links in mails begin with it, e.g. https://aimake.example.com.");
        }

        var services = builder.Services;
        services.AddSingleton<MailBoxes>();
        services.AddSingleton<ISealedTable>(s => s.GetRequiredService<MailBoxes>());
        services.AddSingleton<Mailbox>();
        services.AddSingleton(s => new SmtpClient(s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IUserDataOwner, MailUserData>();
        services.AddSingleton<Accounts.Export.IUserDataExport, MailExport>();
        services.AddSingleton<MailSender>();
        if (server.RunsWork)
        {
            services.AddHostedService(s => s.GetRequiredService<MailSender>());
        }
    }

    public static void MapMail(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/dev/mails", List).Public().WithTags("Development").WithName("ListKeptMails")
            .WithSummary("Mails of a server without a mail server; in development and to this machine only");

    /// <summary>Newest first. Only where the operator keeps mails, and only to the machine itself, not to what a proxy brings.</summary>
    private static async Task<ApiResult<Page<KeptMail>>> List(HttpContext context, MailOptions options, MailBoxes boxes, Database.Database database, CancellationToken ct)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (!options.Keep || options.SendsOut || !IsHere(context))
        {
            return ApiResult.From<Page<KeptMail>>(new Fault(FaultCodes.NotFound));
        }

        var rows = await database.ReadAsync(DbPurpose.Admin, session => MailStore.KeptAsync(session, MostShown, ct), ct);
        return new Page<KeptMail>([.. rows.Select(row => (Row: row, Mail: boxes.Open(row))).Select(x => new KeptMail(x.Row.Id, x.Row.CreatedAt, x.Mail.To, x.Mail.Subject, x.Mail.Text))], null);
    }

    private static bool IsHere(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)
        && (context.Request.Host.Host == "localhost" || IPAddress.TryParse(context.Request.Host.Host.Trim('[', ']'), out _)) // no name of a stranger's that leads here
        && !context.Request.Headers.ContainsKey("X-Forwarded-For") && !context.Request.Headers.ContainsKey("Forwarded");
}
