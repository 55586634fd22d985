namespace AIMake.Credits;

/// <summary>Credits this process has set aside ahead for users who call without pause, see <see cref="ICreditLedger.OpenAdvanceAsync"/>.</summary>
internal interface IAdvances
{
    /// <summary>
    /// Gives back what no running call of the user needs, and posts what was drawn. False, and nothing was asked of the database, where
    /// there is no advance.
    /// </summary>
    Task<bool> ReturnAsync(Guid userId, CancellationToken ct);
}
