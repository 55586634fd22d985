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
            return Fault.Invalid(Said.TooSlow);
        }

        if (Parameter(e.Message, "Failed to bind parameter \"") is { } wrong)
        {
            return Fault.Invalid(wrong, Said.WrongType);
        }

        if (Parameter(e.Message, "Required parameter \"") is { } missing)
        {
            return new(FaultCodes.FieldRequired, missing) { Field = missing };
        }

        return e.Message.Contains("body", StringComparison.Ordinal) ? Fault.Invalid(Said.NotAnObject) : Fault.Invalid(Said.Unreadable);
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
