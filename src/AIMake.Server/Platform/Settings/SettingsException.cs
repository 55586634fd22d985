namespace AIMake.Platform.Settings;

/// <summary>The settings cannot work; every fault found is told at once.</summary>
internal sealed class SettingsException(IReadOnlyList<string> faults)
    : Exception($"The settings have {faults.Count} fault{(faults.Count == 1 ? "" : "s")}:{string.Concat(faults.Select(f => $"\n  - {f}"))}")
{
    /// <summary>One sentence each: the setting by the name its owner knows, what is wrong, what to do.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}
