using System.Reflection;

namespace AIMake.Platform.Database;

/// <summary>
/// One SQL statement, owned by one module. Statements are static readonly fields, so that a test can find every one,
/// prepare it on the migrated schema and see that it names no schema but its module's own.
/// </summary>
/// <param name="Module">Schema of the owner: <c>credits</c>, <c>generations</c>…</param>
/// <param name="Name">Snake case name; appears in traces.</param>
/// <param name="Sql">The text, with <c>@named</c> parameters.</param>
internal sealed record Statement(string Module, string Name, string Sql)
{
    /// <summary>Every statement declared in this assembly.</summary>
    public static IReadOnlyList<Statement> FindAll() =>
        [.. typeof(Statement).Assembly.GetTypes()
            .SelectMany(t => t.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(f => f.FieldType == typeof(Statement))
            .Select(f => (Statement)f.GetValue(null)!)
            .OrderBy(s => s.Module, StringComparer.Ordinal)
            .ThenBy(s => s.Name, StringComparer.Ordinal)];

    public override string ToString() => $"{Module}.{Name}";
}
