using AIMake.Credits;

namespace AIMake.Catalog;

/// <summary>A price in real money.</summary>
/// <param name="Amount">Whole minor units, 1 to 99,999,999: 900 is 9.00 USD, and ¥900.</param>
/// <param name="Currency">ISO 4217 in lower case, e.g. <c>usd</c>.</param>
internal sealed record Money(long Amount, string Currency);

/// <summary>A subscription, or what everybody has without one. The order in the file is the order of rank, lowest first.</summary>
/// <param name="Id">1 to 40 of <c>a-z 0-9 _ -</c>; <c>free</c> is the plan of a new account.</param>
/// <param name="MonthlyCredits">Granted at the start of each period, gone at its end; 0 for none.</param>
/// <param name="Price">For a month; left out for a plan that costs nothing.</param>
/// <param name="StripePrice">Id of a recurring price at Stripe (<c>price_…</c>); left out, the amount itself is sent.</param>
/// <param name="CreemProduct">Id of a recurring product at Creem (<c>prod_…</c>); left out, Creem does not sell it.</param>
internal sealed record Plan(
    string Id, Localized Name, Localized Description, Micro MonthlyCredits, Money? Price = null, string? StripePrice = null, string? CreemProduct = null)
{
    /// <summary>The plan of everybody who pays for none.</summary>
    public const string Free = "free";
}

/// <summary>Credits sold once, which never expire.</summary>
/// <param name="Id">1 to 40 of <c>a-z 0-9 _ -</c>.</param>
/// <param name="StripePrice">Id of a one-time price at Stripe; left out, the amount itself is sent.</param>
/// <param name="CreemProduct">Id of a one-time product at Creem; left out, Creem does not sell it.</param>
internal sealed record Package(
    string Id, Localized Name, Localized Description, Micro Credits, Money Price, string? StripePrice = null, string? CreemProduct = null);
