using System.Text.Json;
using System.Text.Json.Serialization;
using AIMake.Platform.Faults;

namespace AIMake.Platform.Http;

/// <summary>How JSON is read and written everywhere, and what its errors mean to the caller.</summary>
internal static class JsonFaults
{
    /// <summary>camelCase, enums as camelCase strings, numbers only as numbers; unknown and duplicate members are refused, nesting ends at 32.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.MaxDepth = 32;
        options.Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
    }

    /// <summary>Options for what we write ourselves: rows in jsonb, events, files.</summary>
    public static JsonSerializerOptions Stored { get; } = Create();

    public static Fault From(JsonException e)
    {
        if (e.InnerException is JsonException)
        {
            return new Fault(FaultCodes.MalformedJson); // the reader itself gave up: cut off, too deep, not JSON
        }

        var path = e.Path is { Length: > 2 } p ? p[2..] : null;
        if (e.Message.Contains("could not be mapped to any .NET member", StringComparison.Ordinal))
        {
            return new Fault(FaultCodes.UnknownField, Quoted(e.Message) ?? path ?? "?") { Field = Quoted(e.Message) ?? path };
        }

        if (e.Message.Contains("uplicate", StringComparison.Ordinal))
        {
            return new Fault(FaultCodes.DuplicateField, Quoted(e.Message) ?? path ?? "?") { Field = Quoted(e.Message) ?? path };
        }

        if (e.Message.Contains("missing required", StringComparison.Ordinal))
        {
            var name = Quoted(e.Message[e.Message.IndexOf("missing required", StringComparison.Ordinal)..]);
            return new Fault(FaultCodes.FieldRequired, name ?? "?") { Field = name };
        }

        var why = e.InnerException is InvalidOperationException text && IsBadText(text) ? Said.NotUnicode : Said.WrongType;
        return path is not null ? Fault.Invalid(path, why)
            : Fault.Invalid(why == Said.NotUnicode ? why : Said.NotAnObject);
    }

    /// <summary>Strings are looked into only when they are read: half a surrogate pair, or bytes that are not UTF-8.</summary>
    public static bool IsBadText(InvalidOperationException e) =>
        e.Source == "System.Text.Json.Rethrowable" && e.Message.Contains("UTF-", StringComparison.Ordinal);

    private static string? Quoted(string message)
    {
        var start = message.IndexOf('\'', StringComparison.Ordinal);
        var end = start < 0 ? -1 : message.IndexOf('\'', start + 1);
        return end > start + 1 && end - start < 200 ? message[(start + 1)..end] : null;
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Configure(options);
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip; // rows written by a newer node stay readable
        return options;
    }
}
