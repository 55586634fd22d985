using System.Collections;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace AIMake.Platform.Settings;

/// <summary>
/// Binds every module's settings and gathers what is wrong with them, so that a start reports all faults together. Faults
/// never repeat a value: it may be a secret.
/// </summary>
internal sealed class SettingsRegistry(IConfiguration configuration)
{
    private readonly List<string> _faults = [];
    private readonly List<Type> _types = [];

    /// <summary>All faults found so far, sorted by setting.</summary>
    public IReadOnlyList<string> Faults => [.. _faults.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>The settings classes bound so far.</summary>
    public IReadOnlyList<Type> Types => _types;

    /// <summary>Adds a fault found by composition itself, e.g. a folder that cannot be written.</summary>
    public void Report(string key, string fault) => _faults.Add($"{FlatNames.NameOf(key)}: {fault}");

    /// <exception cref="SettingsException">There is at least one fault.</exception>
    public void ThrowIfFaulty()
    {
        if (_faults.Count > 0)
        {
            throw new SettingsException(Faults);
        }
    }

    /// <summary>Binds <typeparamref name="T"/> from its section; what cannot be bound keeps its default and is reported.</summary>
    /// <param name="sectionName">Where it stands, from the root.</param>
    /// <param name="from">What to read instead of the whole configuration.</param>
    public T Bind<T>(string sectionName, IConfiguration? from = null)
        where T : class, new()
    {
        _types.Add(typeof(T));
        var section = (from ?? configuration).GetSection(sectionName);
        var settings = new T();
        try
        {
            section.Bind(settings, o => o.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException)
        {
            // The binder stops at the first fault and quotes the value; this names all of them and quotes none.
            var before = _faults.Count;
            ReportUnreadable(section, typeof(T));
            if (!BindLeniently(section, settings) && _faults.Count == before)
            {
                Report(sectionName, "cannot be read. Compare its shape with appsettings.json.");
            }
        }

        SplitLists(section, settings);
        Validate(sectionName, settings);
        return settings;
    }

    /// <summary>Binds what the strict binder left behind: everything after its first fault, and lists written flat, which it refuses.</summary>
    private static bool BindLeniently(IConfigurationSection section, object settings)
    {
        try
        {
            section.Bind(settings);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private void ReportUnreadable(IConfigurationSection section, Type type)
    {
        foreach (var child in section.GetChildren())
        {
            var property = type.GetProperty(child.Key, BindingFlags.Instance | BindingFlags.Public | BindingFlags.IgnoreCase);
            if (property is null)
            {
                Report(child.Path, $"is not a setting. {section.Path} has {string.Join(", ", type.GetProperties().Select(p => p.Name))}.");
                continue;
            }

            var target = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (child.Value is null && target.IsClass && target != typeof(string) && !typeof(IEnumerable).IsAssignableFrom(target))
            {
                ReportUnreadable(child, target);
            }
            else if (child.Value is { } value && !Reads(target, value))
            {
                Report(child.Path, $"is not {Describe(target)}.");
            }
        }
    }

    private static bool Reads(Type type, string value)
    {
        try
        {
            var converter = TypeDescriptor.GetConverter(type);
            return !converter.CanConvertFrom(typeof(string)) || converter.ConvertFromInvariantString(value) is not null;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or NotSupportedException or OverflowException || e.InnerException is FormatException or OverflowException)
        {
            return false;
        }
    }

    private static string Describe(Type type) =>
        type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type)).ToLowerInvariant()}"
        : type == typeof(bool) ? "true or false"
        : type == typeof(TimeSpan) ? "a duration such as 00:00:30"
        : type.IsPrimitive || type == typeof(decimal) ? "a number in range"
        : "readable";

    /// <summary>A list written flat, <c>a,b,c</c>, fills the string array of that name.</summary>
    private static void SplitLists(IConfigurationSection section, object settings)
    {
        foreach (var property in settings.GetType().GetProperties().Where(p => p.PropertyType == typeof(string[]) && p.CanWrite))
        {
            if (section[property.Name] is { Length: > 0 } flat)
            {
                property.SetValue(settings, flat.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
            }
        }
    }

    private void Validate(string path, object settings)
    {
        foreach (var property in settings.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(p => p.GetIndexParameters().Length == 0))
        {
            var key = $"{path}:{property.Name}";
            var value = property.GetValue(settings);
            var context = new ValidationContext(settings) { MemberName = property.Name, DisplayName = FlatNames.NameOf(key) };
            foreach (var rule in property.GetCustomAttributes<ValidationAttribute>())
            {
                if (rule.GetValidationResult(value, context) is { ErrorMessage: { } message })
                {
                    Report(key, message);
                }
            }

            if (value is not null && value.GetType() is { IsClass: true, Namespace: { } space } && space.StartsWith(nameof(AIMake), StringComparison.Ordinal))
            {
                Validate(key, value);
            }
        }

        foreach (var result in (settings as IValidatableObject)?.Validate(new ValidationContext(settings)) ?? [])
        {
            Report(result.MemberNames.FirstOrDefault() is { } member ? $"{path}:{member}" : path, result.ErrorMessage ?? "is not valid.");
        }
    }
}

/// <summary>How a module takes its settings.</summary>
internal static class SettingsExtensions
{
    /// <summary>
    /// Binds and checks a module's settings and makes them injectable, as themselves and as <see cref="IOptions{T}"/>.
    /// Ranges are data annotations with a message that names the cure; relations between settings are
    /// <see cref="IValidatableObject"/>. Faults are collected and thrown together by <see cref="AIMakeServer.Build"/>.
    /// </summary>
    public static T AddSettings<T>(this IHostApplicationBuilder builder, string section)
        where T : class, new()
    {
        var settings = builder.SettingsRegistry().Bind<T>(section);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(Options.Create(settings));
        return settings;
    }

    public static SettingsRegistry SettingsRegistry(this IHostApplicationBuilder builder)
    {
        if (builder.Properties.TryGetValue(typeof(SettingsRegistry), out var known))
        {
            return (SettingsRegistry)known;
        }

        var registry = new SettingsRegistry(builder.Configuration);
        builder.Properties[typeof(SettingsRegistry)] = registry;
        builder.Services.AddSingleton(registry);
        return registry;
    }
}
