using AIMake.Platform.Faults;

namespace AIMake.Platform.Http;

/// <summary>
/// What the framework's refusals to bind a request mean. It says which parameter only in its message, whose wording is
/// covered by tests.
/// </summary>
internal static class BindingFaults
{
    public static Fault From(BadHttpRequestException e)
    {
        if (e.StatusCode == StatusCodes.Status408RequestTimeout)
        {
            return new(FaultCodes.InvalidRequest, "too slow");
        }

        if (Parameter(e.Message, "Failed to bind parameter \"") is { } wrong)
        {
            return new(FaultCodes.FieldInvalid, wrong, "wrong type or value") { Field = wrong };
        }

        if (Parameter(e.Message, "Required parameter \"") is { } missing)
        {
            return new(FaultCodes.FieldRequired, missing) { Field = missing };
        }

        return e.Message.Contains("body", StringComparison.Ordinal) ? new(FaultCodes.MalformedJson) : new(FaultCodes.InvalidRequest, "unreadable");
    }

    /// <summary>The name in <c>…"Type name" from…</c>.</summary>
    private static string? Parameter(string message, string before)
    {
        if (!message.StartsWith(before, StringComparison.Ordinal))
        {
            return null;
        }

        var end = message.IndexOf('"', before.Length);
        var typed = end < 0 ? "" : message[before.Length..end];
        var name = typed[(typed.LastIndexOf(' ') + 1)..];
        return name.Length is > 0 and < 100 ? char.ToLowerInvariant(name[0]) + name[1..] : null;
    }
}
