using AIMake.Platform.Database;
using AIMake.Platform.Secrets;

namespace AIMake.Platform.Mail;

/// <summary>A row of <c>platform.mails</c>.</summary>
internal sealed record MailRow
{
    public Guid Id { get; init; }

    public byte[] Box { get; init; } = [];

    public int Attempts { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>SQL of <c>platform.mails</c>.</summary>
internal static class MailStore
{
    private static readonly Statement Insert = new("platform", "mail_insert",
        "INSERT INTO platform.mails (id, user_id, box, state, created_at, due_at) VALUES (@id, @userId, @box, @state, @now, @now)");

    private static readonly Statement Claim = new("platform", "mail_claim",
        """
        UPDATE platform.mails SET attempts = attempts + 1, due_at = @until
        WHERE id IN (
            SELECT id FROM platform.mails WHERE state = 'queued' AND due_at <= @now ORDER BY due_at LIMIT @take FOR UPDATE SKIP LOCKED)
        RETURNING id, box, attempts, created_at
        """);

    // The number of the try is the claim: a worker that was thought dead takes nothing from the one after it.
    private static readonly Statement Done = new("platform", "mail_done",
        "DELETE FROM platform.mails WHERE id = @id AND attempts = @attempts");

    private static readonly Statement Postpone = new("platform", "mail_postpone",
        "UPDATE platform.mails SET due_at = @due WHERE id = @id AND attempts = @attempts");

    private static readonly Statement ListKept = new("platform", "mail_list_kept",
        "SELECT id, box, attempts, created_at FROM platform.mails WHERE state = 'kept' ORDER BY created_at DESC, id DESC LIMIT @take");

    private static readonly Statement Boxes = new("platform", "mail_boxes",
        "SELECT id, box, attempts, created_at FROM platform.mails WHERE @after::uuid IS NULL OR id > @after ORDER BY id LIMIT @take");

    private static readonly Statement Rebox = new("platform", "mail_rebox",
        "UPDATE platform.mails SET box = @renewed WHERE id = @id AND box = @old");

    private static readonly Statement ForgetUser = new("platform", "mail_forget_user",
        "DELETE FROM platform.mails WHERE user_id = @userId");

    private static readonly Statement ForgetKept = new("platform", "mail_forget_kept",
        "DELETE FROM platform.mails WHERE state = 'kept' AND created_at < @before");

    public static Task InsertAsync(DbSession session, Guid id, Guid? userId, byte[] box, bool keep, DateTimeOffset now, CancellationToken ct) =>
        session.ExecuteAsync(Insert, new { id, userId, box, state = keep ? "kept" : "queued", now }, ct);

    public static Task<IReadOnlyList<MailRow>> ClaimAsync(DbSession session, int take, DateTimeOffset now, DateTimeOffset until, CancellationToken ct) =>
        session.QueryAsync<MailRow>(Claim, new { take, now, until }, ct);

    public static Task DoneAsync(DbSession session, MailRow row, CancellationToken ct) => session.ExecuteAsync(Done, new { row.Id, row.Attempts }, ct);

    public static Task PostponeAsync(DbSession session, MailRow row, DateTimeOffset due, CancellationToken ct) =>
        session.ExecuteAsync(Postpone, new { row.Id, row.Attempts, due }, ct);

    public static Task<IReadOnlyList<MailRow>> KeptAsync(DbSession session, int take, CancellationToken ct) => session.QueryAsync<MailRow>(ListKept, new { take }, ct);

    public static Task<IReadOnlyList<MailRow>> BoxesAsync(DbSession session, Guid? after, int take, CancellationToken ct) =>
        session.QueryAsync<MailRow>(Boxes, new { after, take }, ct);

    public static async Task<bool> ReboxAsync(DbSession session, Guid id, byte[] old, byte[] renewed, CancellationToken ct) =>
        await session.ExecuteAsync(Rebox, new { id, old, renewed }, ct) == 1;

    public static Task ForgetUserAsync(DbSession session, Guid userId, CancellationToken ct) => session.ExecuteAsync(ForgetUser, new { userId }, ct);

    public static Task ForgetKeptAsync(DbSession session, DateTimeOffset before, CancellationToken ct) => session.ExecuteAsync(ForgetKept, new { before }, ct);
}

/// <summary>Seals and opens mails, each for its own row.</summary>
internal sealed class MailBoxes(ISecretBox box) : ISealedTable
{
    public string Name => "platform.mails";

    public byte[] Seal(Guid id, MailMessage mail) => box.Seal(Binding(id), System.Text.Json.JsonSerializer.Serialize(mail, Http.JsonFaults.Stored));

    /// <exception cref="SecretBoxException">Sealed under a key that is gone.</exception>
    public MailMessage Open(MailRow row) => System.Text.Json.JsonSerializer.Deserialize<MailMessage>(box.Open(Binding(row.Id), row.Box), Http.JsonFaults.Stored)!;

    public async Task<IReadOnlyList<SealedRow>> ReadAsync(DbSession session, Guid? after, int take, CancellationToken ct) =>
        [.. (await MailStore.BoxesAsync(session, after, take, ct)).Select(row => new SealedRow(row.Id, Binding(row.Id), row.Box))];

    public Task<bool> ReplaceAsync(DbSession session, Guid id, byte[] old, byte[] renewed, CancellationToken ct) => MailStore.ReboxAsync(session, id, old, renewed, ct);

    private static string Binding(Guid id) => $"v1|mail|local|{id:N}";
}
