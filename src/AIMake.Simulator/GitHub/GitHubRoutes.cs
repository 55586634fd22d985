using System.Text.Json.Nodes;
using AIMake.Simulator.People;
using Microsoft.AspNetCore.Http.Extensions;

namespace AIMake.Simulator.GitHub;

/// <summary>
/// GitHub's sign-in under <c>/github</c> and the two questions of its API under <c>/github/api</c>. Refusals of a code come with status 200
/// and a form-encoded body unless JSON is asked for, as there.
/// </summary>
internal static class GitHubRoutes
{
    private const string Service = "GitHub";

    public static void MapGitHub(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/github/login/oauth/authorize", context => VendorCall.AnswerAsync(context, context.Request.Query["client_id"], (_, _) => AskAsync(context)));
        routes.MapPost("/github/login/oauth/authorize", context => VendorCall.AnswerAsync(context, context.Request.Query["client_id"], (call, _) => DecideAsync(context, call)));
        routes.MapPost("/github/login/oauth/access_token", ExchangeAsync);
        routes.MapGet("/github/api/user", context => AnswerAsync(context, "read:user", person => new JsonObject
        {
            ["login"] = person.Login, ["id"] = person.Id, ["node_id"] = "U_simulated", ["type"] = "User", ["site_admin"] = false, ["name"] = person.Name,
            ["email"] = null, // as for everybody who keeps it private
            ["avatar_url"] = $"https://avatars.githubusercontent.com/u/{person.Id}?v=4",
        }));
        routes.MapGet("/github/api/user/emails", context => AnswerAsync(context, "user:email", person => person.Email is null ? [] : new JsonArray(
            Address($"{person.Id}+{person.Login}@users.noreply.github.com", primary: false, verified: true), Address(person.Email, primary: true, person.Verified))));
    }

    private static Task AskAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (query["client_id"].Count == 0) return ConsentPage.RefuseAsync(context, "There is no such application.");
        if (!Consents.MayReturnTo(query["redirect_uri"])) return ConsentPage.RefuseAsync(context, "The redirect_uri is not associated with this application.");
        return query["code_challenge"].Count > 0 && query["code_challenge_method"] != "S256"
            ? ConsentPage.RefuseAsync(context, "Only S256 is supported.")
            : ConsentPage.WriteAsync(context, Service, query["client_id"].ToString());
    }

    private static async Task DecideAsync(HttpContext context, BookedCall call)
    {
        var (query, form) = (context.Request.Query, await context.Request.ReadFormAsync(context.RequestAborted));
        call.Body = $"{form["decision"]} {form["login"]}";
        if (query["client_id"].Count == 0 || !Consents.MayReturnTo(query["redirect_uri"]))
        {
            await ConsentPage.RefuseAsync(context, "There is no such application, or the redirect_uri is not associated with it.");
            return;
        }
        if (form["decision"] != "allow" || SimulatedPerson.From(form) is not { } person)
        {
            Back(context, new QueryBuilder { { "error", "access_denied" }, { "error_description", "The user has denied your application access." }, { "state", query["state"].ToString() } });
            return;
        }
        var consent = new Consent(person, Service, query["client_id"]!, query["redirect_uri"]!, query["code_challenge"], null, query["scope"].ToString(), Now(context));
        Back(context, new QueryBuilder { { "code", Shelf(context).Allow(consent) }, { "state", query["state"].ToString() } });
    }

    private static Task ExchangeAsync(HttpContext context) => VendorCall.AnswerAsync(context, null, async (call, faults) =>
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        call.Body = string.Join('&', form.Keys); // the names: code and secret are nobody's business, not even a book's
        if (faults.FailStatus is { } status) context.Response.StatusCode = status;
        if (faults.FailCode is { } code) await TellAsync(context, ("error", code), ("error_description", "As switched."));
        else if (faults.FailStatus is not null) await TellAsync(context, ("error", "server_error"));
        else if (form["client_secret"] != Consents.Secret) await TellAsync(context, ("error", "incorrect_client_credentials"), ("error_description", "The client_id and/or client_secret passed are incorrect."));
        else if (Shelf(context).Redeem(form["code"].ToString(), Service, form["client_id"].ToString(), form["redirect_uri"].ToString(), form["code_verifier"]) is { } consent)
        {
            var scopes = consent.Scope.Replace(' ', ',');
            await TellAsync(context, ("access_token", Shelf(context).TokenFor("gho_", consent)), ("scope", scopes), ("token_type", "bearer"));
        }
        else await TellAsync(context, ("error", "bad_verification_code"), ("error_description", "The code passed is incorrect or expired."), ("error_uri", "https://docs.github.com/apps/oauth"));
    });

    private static Task AnswerAsync(HttpContext context, string scope, Func<SimulatedPerson, JsonNode> answer)
    {
        var header = context.Request.Headers.Authorization.ToString();
        var token = header.StartsWith("Bearer ", StringComparison.Ordinal) ? header["Bearer ".Length..] : null;
        return VendorCall.AnswerAsync(context, token, async (_, faults) =>
        {
            if (context.Request.Headers.UserAgent.Count == 0) await WriteAsync(context, 403, new JsonObject { ["message"] = "Request forbidden by administrative rules. Please make sure your request has a User-Agent header." });
            else if (faults.FailStatus is { } status) await WriteAsync(context, status, new JsonObject { ["message"] = faults.FailCode ?? "As switched." });
            else if (Shelf(context).Find(token, Service) is not { } consent) await WriteAsync(context, 401, new JsonObject { ["message"] = "Bad credentials", ["status"] = "401" });
            else if (!consent.Scope.Split(' ').Contains(scope)) await WriteAsync(context, 404, new JsonObject { ["message"] = "Not Found", ["status"] = "404" });
            else await WriteAsync(context, 200, answer(consent.Person));
        });
    }

    /// <summary>Form-encoded unless JSON was asked for.</summary>
    private static Task TellAsync(HttpContext context, params (string Name, string Value)[] members)
    {
        if (context.Request.Headers.Accept.ToString().Contains("json", StringComparison.Ordinal))
            return WriteAsync(context, context.Response.StatusCode, new JsonObject(members.Select(m => KeyValuePair.Create(m.Name, (JsonNode?)m.Value))));
        context.Response.ContentType = "application/x-www-form-urlencoded; charset=utf-8";
        return context.Response.WriteAsync(new QueryBuilder(members.Select(m => KeyValuePair.Create(m.Name, m.Value))).ToString()[1..], context.RequestAborted);
    }

    private static Task WriteAsync(HttpContext context, int status, JsonNode answer)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync(answer.ToJsonString(), context.RequestAborted);
    }

    private static JsonObject Address(string email, bool primary, bool verified) =>
        new() { ["email"] = email, ["primary"] = primary, ["verified"] = verified, ["visibility"] = primary ? "private" : null };

    private static void Back(HttpContext context, QueryBuilder query) => context.Response.Redirect(context.Request.Query["redirect_uri"] + query.ToString());

    private static Consents Shelf(HttpContext context) => context.RequestServices.GetRequiredService<Consents>();

    private static DateTimeOffset Now(HttpContext context) => context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
}
