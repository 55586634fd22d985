using System.Security.Cryptography;
using System.Text;

namespace AIMake.Simulator.Creem;

/// <summary>The address a buyer goes back to: what was bought, signed with the key of whoever sells.</summary>
internal static class CreemReturn
{
    /// <param name="pairs">In the order they are sent; those without a value are left out.</param>
    public static string To(string successUrl, IEnumerable<(string Name, string? Value)> pairs, string apiKey)
    {
        var there = pairs.Where(pair => !string.IsNullOrEmpty(pair.Value)).ToList();
        var signed = string.Join('|', there.Select(pair => $"{pair.Name}={pair.Value}").Append($"salt={apiKey}"));
        var signature = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(signed)));
        var query = string.Join('&', there.Append(("signature", signature)).Select(pair => $"{pair.Item1}={Uri.EscapeDataString(pair.Item2!)}"));
        return $"{successUrl}{(successUrl.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{query}";
    }
}
