using AIMake.Accounts.Storage;
using AIMake.Platform.Faults;

namespace AIMake.Accounts.SignIn;

/// <summary>What an account asks for beside the first proof, at every way in.</summary>
internal interface ISecondFactor
{
    /// <param name="code">As typed; null where none was asked for yet.</param>
    /// <returns>Null when the account has no second factor or the code is right; else that one is needed, or why it is refused.</returns>
    Task<Fault?> CheckAsync(UserRow user, string? code, Client client, CancellationToken ct);
}
