using AIMake.Platform.Database;

namespace AIMake.Platform.Audit;

/// <summary>
/// The book of who did what. Every module writes into it, in the transaction of what it did, so that the entry stands exactly where the deed does.
/// The implementation adds who called, from where and by which request.
/// </summary>
internal interface IAuditLog
{
    Task WriteAsync(DbSession session, AuditEntry entry, CancellationToken ct);
}

/// <summary>One deed.</summary>
/// <param name="Action">One of <see cref="AuditActions"/>.</param>
/// <param name="SubjectKind">What it was done to: <c>user</c>, <c>key</c>, <c>provider</c>, <c>model</c>, <c>order</c>…</param>
/// <param name="SubjectId">Its id or name; never an e-mail address.</param>
internal sealed record AuditEntry(string Action, string SubjectKind, string SubjectId)
{
    /// <summary>Who did it, where no signed-in caller stands for it, e.g. somebody signing in. Null: the caller, else the server itself.</summary>
    public Guid? Actor { get; init; }

    /// <summary>Small facts by name: ids, amounts, states, a reason an admin gave. Never content, addresses, keys or tokens.</summary>
    public IReadOnlyDictionary<string, string?> Detail { get; init; } = new Dictionary<string, string?>();

    /// <summary>Something a user did to their own account.</summary>
    public static AuditEntry Own(string action, Guid user, params ReadOnlySpan<(string Name, string? Value)> detail) =>
        new(action, "user", user.ToString()) { Actor = user, Detail = Facts(detail) };

    /// <summary>Something the caller did to a thing.</summary>
    public static AuditEntry Of(string action, string kind, string id, params ReadOnlySpan<(string Name, string? Value)> detail) =>
        new(action, kind, id) { Detail = Facts(detail) };

    private static Dictionary<string, string?> Facts(ReadOnlySpan<(string Name, string? Value)> detail)
    {
        var facts = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var (name, value) in detail)
        {
            facts[name] = value;
        }

        return facts;
    }
}
