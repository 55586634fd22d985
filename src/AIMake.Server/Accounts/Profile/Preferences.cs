using System.Text.Json;
using AIMake.Platform.Http;

namespace AIMake.Accounts.Profile;

/// <summary>Colours of the web app.</summary>
public enum Theme
{
    /// <summary>As the device says.</summary>
    System,

    /// <summary>Always light.</summary>
    Light,

    /// <summary>Always dark.</summary>
    Dark,
}

/// <summary>How a user likes the web app.</summary>
/// <param name="Theme">Default <c>system</c>.</param>
/// <param name="Language"><c>en</c> or <c>zh-CN</c>; at first the language of the registering browser.</param>
/// <param name="Notifications">Whether to tell when long work has finished; default true.</param>
public sealed record Preferences(Theme Theme, string Language, bool Notifications)
{
    internal static readonly IReadOnlyList<string> Languages = ["en", "zh-CN"];

    /// <summary>The language of a user's row.</summary>
    internal static string LanguageOf(Storage.UserRow user) => JsonSerializer.Deserialize<Preferences>(user.Preferences, JsonFaults.Stored)?.Language ?? Languages[0];
}

/// <summary>The preferences to change; what is left out stays.</summary>
public sealed record PreferencesChange(Theme? Theme = null, string? Language = null, bool? Notifications = null);
