using System.Reflection;

namespace AIMake.Platform;

/// <summary>Version of this program, as in <c>--version</c>.</summary>
internal static class ProductVersion
{
    public static readonly string Text =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
}
