using AIMake.Accounts.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Secrets;

namespace AIMake.Accounts.Totp;

/// <summary>Seals and opens the secrets of second factors, each for its user.</summary>
internal sealed class TotpBoxes(ISecretBox box) : ISealedTable
{
    public string Name => "accounts.totp";

    /// <param name="secret">In base32.</param>
    public byte[] Seal(Guid userId, string secret) => box.Seal(Binding(userId), secret);

    /// <exception cref="SecretBoxException">The encryption keys have changed: nobody gets past it until they are back.</exception>
    public byte[] Open(TotpRow row) => TotpCode.Decode(box.Open(Binding(row.UserId), row.Box));

    public async Task<IReadOnlyList<SealedRow>> ReadAsync(DbSession session, Guid? after, int take, CancellationToken ct) =>
        [.. (await TotpStore.BoxesAsync(session, after, take, ct)).Select(row => new SealedRow(row.UserId, Binding(row.UserId), row.Box))];

    public Task<bool> ReplaceAsync(DbSession session, Guid id, byte[] old, byte[] renewed, CancellationToken ct) => TotpStore.ReboxAsync(session, id, old, renewed, ct);

    private static string Binding(Guid userId) => $"v1|totp|local|{userId:N}";
}
