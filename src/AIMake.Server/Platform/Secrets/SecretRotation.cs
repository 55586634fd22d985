using AIMake.Platform.Database;

namespace AIMake.Platform.Secrets;

/// <summary>A sealed secret in a table.</summary>
/// <param name="Aad">What it is bound to, made from its row.</param>
internal sealed record SealedRow(Guid Id, string Aad, byte[] Box);

/// <summary>A table that keeps sealed secrets. Registered, so that the rotation of keys reaches every one of them.</summary>
internal interface ISealedTable
{
    /// <summary>For the report, e.g. <c>accounts.provider_keys</c>.</summary>
    string Name { get; }

    /// <summary>The next rows by id; from the first when <paramref name="after"/> is null.</summary>
    Task<IReadOnlyList<SealedRow>> ReadAsync(DbSession session, Guid? after, int take, CancellationToken ct);

    /// <summary>Puts a renewed box in the place of the one read. False when the row has changed since: it is met again.</summary>
    Task<bool> ReplaceAsync(DbSession session, Guid id, byte[] old, byte[] renewed, CancellationToken ct);
}

/// <summary>What a rotation did.</summary>
/// <param name="Key">Id of the present key.</param>
/// <param name="Made">Whether this run made it; false when it finished what an earlier one had begun, or the settings name it.</param>
/// <param name="Renewed">Boxes put under the present key.</param>
/// <param name="Proved">Boxes opened at the end, all of them.</param>
/// <param name="Broken">Boxes that do not open, by table and row.</param>
/// <param name="Forgotten">Old keys that nothing needs any more and that were removed.</param>
internal sealed record RotationReport(string Key, bool Made, int Renewed, int Proved, IReadOnlyList<string> Broken, int Forgotten);

/// <summary>
/// Puts every sealed secret under a new key while servers go on working:
/// (1) a new key in front of the ring, unless an earlier run was cut off and has left work; (2) page by page, boxes are renewed where
/// they have not changed meanwhile; (3) every box is opened, as proof; (4) keys retired more than a day ago, under which nothing is
/// left, are forgotten. A day, because a server may have sealed with a key in the moment it was retired.
/// </summary>
internal sealed class SecretRotation(EncryptionRing ring, SecretBox box, IEnumerable<ISealedTable> tables, Database.Database database, TimeProvider clock)
{
    private const int Page = 200;
    private static readonly TimeSpan KeepRetired = TimeSpan.FromDays(1);

    public async Task<RotationReport> RunAsync(CancellationToken ct)
    {
        var unfinished = await AnyAsync(row => !box.IsCurrent(row.Box), ct);
        var made = ring.IsOurs && !unfinished;
        if (made)
        {
            ring.Turn();
        }

        var renewed = 0;
        var broken = new List<string>();
        foreach (var table in tables)
        {
            renewed += await RenewAsync(table, ct);
        }

        var inUse = new HashSet<string>(StringComparer.Ordinal);
        var proved = await ProveAsync(inUse, broken, ct);
        return new RotationReport(ring.Current.ToString(), made, renewed, proved, broken, broken.Count == 0 ? Forget(inUse) : 0);
    }

    private async Task<int> RenewAsync(ISealedTable table, CancellationToken ct)
    {
        var renewed = 0;
        await foreach (var row in RowsAsync(table, ct))
        {
            if (box.IsCurrent(row.Box))
            {
                continue;
            }

            try
            {
                var fresh = box.Rewrap(row.Aad, row.Box);
                renewed += await database.TransactAsync(DbPurpose.Jobs, s => table.ReplaceAsync(s, row.Id, row.Box, fresh, ct), ct) ? 1 : 0;
            }
            catch (SecretBoxException)
            {
                // The proof names it.
            }

            Faults.Failpoint.Hit("keys.renewed");
        }

        return renewed;
    }

    private async Task<int> ProveAsync(HashSet<string> inUse, List<string> broken, CancellationToken ct)
    {
        var proved = 0;
        foreach (var table in tables)
        {
            await foreach (var row in RowsAsync(table, ct))
            {
                inUse.Add(Convert.ToHexStringLower(SecretBox.KeyIdOf(row.Box)));
                try
                {
                    box.Open(row.Aad, row.Box);
                    proved++;
                }
                catch (SecretBoxException e)
                {
                    broken.Add($"{table.Name} {row.Id}: {e.Message}");
                }
            }
        }

        return proved;
    }

    private int Forget(HashSet<string> inUse)
    {
        var due = ring.IsOurs ? ring.All.Where(k => k.RetiredAt < clock.GetUtcNow() - KeepRetired && !inUse.Contains(k.ToString())).ToList() : [];
        if (due.Count > 0)
        {
            ring.Forget(due);
        }

        return due.Count;
    }

    private async Task<bool> AnyAsync(Func<SealedRow, bool> match, CancellationToken ct)
    {
        foreach (var table in tables)
        {
            await foreach (var row in RowsAsync(table, ct))
            {
                if (match(row))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private async IAsyncEnumerable<SealedRow> RowsAsync(ISealedTable table, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        Guid? after = null;
        while (true)
        {
            var rows = await database.ReadAsync(DbPurpose.Jobs, s => table.ReadAsync(s, after, Page, ct), ct);
            foreach (var row in rows)
            {
                yield return row;
            }

            if (rows.Count < Page)
            {
                yield break;
            }

            after = rows[^1].Id;
        }
    }
}
