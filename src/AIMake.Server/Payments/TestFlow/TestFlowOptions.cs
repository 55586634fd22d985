using System.ComponentModel.DataAnnotations;
using System.Net;

namespace AIMake.Payments.TestFlow;

/// <summary>Settings <c>Payments:TestFlow:*</c>, for a server whose payment providers are a simulator on this machine.</summary>
internal sealed class TestFlowOptions : IValidatableObject
{
    public const string Section = "Payments:TestFlow";

    /// <summary>
    /// Address of the simulator, e.g. <c>http://127.0.0.1:8089</c>; <c>./aimake run --simulate</c> sets it. Without it, the routes that pay in
    /// a buyer's place do not exist.
    /// </summary>
    public string? Simulator { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Simulator is not null && !IsHere(Simulator))
        {
            yield return new("must be the address of a simulator on this machine, e.g. http://127.0.0.1:8089. Leave it out where real money is taken.", [nameof(Simulator)]);
        }
    }

    private static bool IsHere(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url) && url is { Scheme: "http", PathAndQuery: "/", Fragment: "" }
        && (url.Host == "localhost" || (IPAddress.TryParse(url.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip)));
}
