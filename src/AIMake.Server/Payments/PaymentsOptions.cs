using System.ComponentModel.DataAnnotations;

namespace AIMake.Payments;

/// <summary>What holds for every provider. Each has its own section beside this one.</summary>
internal sealed class PaymentsOptions
{
    public const string Section = "Selling";

    /// <summary>How long a plan is kept while a payment is overdue. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "60.00:00:00", ErrorMessage = "must be between 0 and 60 days, e.g. 7.00:00:00.")]
    public TimeSpan Grace { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How far back the nightly comparison looks. Default 4 days: longer than any provider repeats its notices.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "60.00:00:00", ErrorMessage = "must be between 1 and 60 days, e.g. 4.00:00:00.")]
    public TimeSpan CompareBack { get; set; } = TimeSpan.FromDays(4);
}
