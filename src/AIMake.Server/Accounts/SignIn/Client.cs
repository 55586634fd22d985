using AIMake.Platform.Http;

namespace AIMake.Accounts.SignIn;

/// <summary>Where a sign-in comes from, as its user may see it later.</summary>
/// <param name="Address">For the list of sessions.</param>
/// <param name="LimitKey">For counting failures.</param>
/// <param name="Device">Browser and system in a few words.</param>
internal sealed record Client(string Address, string LimitKey, string Device)
{
    public static Client Of(HttpContext context) =>
        new(ClientAddress.Of(context), ClientAddress.LimitKey(context), UserAgents.Describe(context.Request.Headers.UserAgent.ToString()));
}

/// <summary>Makes "Firefox on Linux" of a user agent. Order matters: browsers name each other.</summary>
internal static class UserAgents
{
    private static readonly (string Mark, string Name)[] Browsers =
        [("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"), ("curl/", "curl")];

    private static readonly (string Mark, string Name)[] Systems =
        [("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")];

    private const int MaxUnknown = 60;

    public static string Describe(string userAgent)
    {
        var browser = Find(Browsers, userAgent);
        var system = Find(Systems, userAgent);
        return (browser, system) switch
        {
            ({ } b, { } s) => $"{b} on {s}",
            ({ } b, null) => b,
            (null, { } s) => s,
            _ => Printable(userAgent),
        };
    }

    private static string? Find((string Mark, string Name)[] known, string userAgent) =>
        Array.Find(known, k => userAgent.Contains(k.Mark, StringComparison.Ordinal)).Name;

    /// <summary>Plain ASCII only: what a stranger sends ends up in a list somebody reads.</summary>
    private static string Printable(string userAgent) =>
        new([.. userAgent.Where(c => c is >= ' ' and <= '~' and not '<' and not '>').Take(MaxUnknown)]);
}
