namespace AIMake.Payments.Stripe;

/// <summary>
/// A body in Stripe's form encoding: nested members as <c>a[b][c]=v</c>, lists with an index, an empty value clears. Order is kept.
/// </summary>
internal sealed class StripeForm
{
    private readonly List<KeyValuePair<string, string>> _pairs = [];

    public IReadOnlyList<KeyValuePair<string, string>> Pairs => _pairs;

    /// <param name="name">With its brackets, e.g. <c>line_items[0][price]</c>.</param>
    /// <param name="value">Null: the member is left out.</param>
    public StripeForm Add(string name, string? value)
    {
        if (value is not null)
        {
            _pairs.Add(new(name, value));
        }

        return this;
    }

    public StripeForm Add(string name, long value) => Add(name, value.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public StripeForm Add(string name, bool value) => Add(name, value ? "true" : "false");

    /// <summary>As a query string, with its question mark; empty without members.</summary>
    public string ToQuery() => _pairs.Count == 0
        ? ""
        : "?" + string.Join('&', _pairs.Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}"));
}
