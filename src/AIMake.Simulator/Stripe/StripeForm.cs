using System.Text.Json.Nodes;

namespace AIMake.Simulator.Stripe;

/// <summary>Bracketed parameters, <c>a[b][0][c]=v</c>, as a tree whose leaves are strings. Lists are objects with numbers for names until a schema says what they are.</summary>
internal static class StripeForm
{
    private const int Deepest = 10;

    public static JsonObject Parse(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        var root = new JsonObject();
        foreach (var (name, value) in pairs) Put(root, Steps(name), name, value);
        return root;
    }

    private static List<string> Steps(string name)
    {
        var open = name.IndexOf('[', StringComparison.Ordinal);
        var steps = new List<string> { open < 0 ? name : name[..open] };
        while (open >= 0)
        {
            var close = name.IndexOf(']', open);
            if (close < 0 || steps.Count > Deepest || (close + 1 < name.Length && name[close + 1] != '[')) throw StripeRefusal.Bad(null, name, "Invalid parameter name.");
            steps.Add(name[(open + 1)..close]);
            open = close + 1 < name.Length ? close + 1 : -1;
        }
        return steps[0].Length > 0 ? steps : throw StripeRefusal.Bad(null, name, "Invalid parameter name.");
    }

    private static void Put(JsonObject root, List<string> steps, string name, string value)
    {
        var at = root;
        foreach (var step in steps[..^1])
        {
            var key = step.Length > 0 ? step : Next(at);
            if (at[key] is null) at[key] = new JsonObject();
            at = at[key] as JsonObject ?? throw StripeRefusal.Bad(null, name, $"Invalid object: {name}");
        }
        var last = steps[^1].Length > 0 ? steps[^1] : Next(at);
        if (at[last] is JsonObject) throw StripeRefusal.Bad(null, name, $"Invalid object: {name}");
        at[last] = value;
    }

    private static string Next(JsonObject list) => $"{list.Count}";
}
