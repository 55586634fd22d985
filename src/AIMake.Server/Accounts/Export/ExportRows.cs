using AIMake.Platform.Database;

namespace AIMake.Accounts.Export;

/// <summary>A row of a user's, as a line of JSON, and where to go on after it.</summary>
internal sealed record ExportRow(string Key, string Line);

/// <summary>Statements that read a user's rows for their archive, a bite at a time, in the order of a key.</summary>
internal static class ExportRows
{
    /// <param name="name">Of the statement.</param>
    /// <param name="from">A table of the module as <c>t</c>, and what is joined to it; rows are <paramref name="owner"/>'s.</param>
    /// <param name="key">What tells rows of one user apart and gives their order, e.g. <c>t.id</c>.</param>
    /// <param name="type">PostgreSQL's name of the key's type.</param>
    /// <param name="columns">What the user gets to see, under the names they see.</param>
    public static Statement Of(string module, string name, string from, string key, string type, string columns, string owner = "t.user_id = @userId") => new(module, name,
        $"""
        SELECT ({key})::text AS key, (SELECT row_to_json(l) FROM (SELECT {columns}) l)::text AS line
        FROM {from}
        WHERE {owner} AND (@after::text IS NULL OR {key} > @after::text::{type})
        ORDER BY {key} LIMIT @take
        """);
}
