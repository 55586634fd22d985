using System.ComponentModel.DataAnnotations;

namespace AIMake.Usage;

/// <summary>How the operator's books are kept.</summary>
internal sealed class UsageOptions
{
    public const string Section = "Usage";

    /// <summary>What one credit is worth in US dollars, for the margin in statistics; charges nobody anything. 0.01, as the shipped price list assumes.</summary>
    [Range(typeof(decimal), "0", "1000", ErrorMessage = "must be 0 to 1000 US dollars for one credit.")]
    public decimal CreditUsd { get; set; } = 0.01m;
}
