namespace AIMake.Platform.Audit;

/// <summary>Writes the entry where the deed was done.</summary>
internal static class Audited
{
    /// <param name="deed">Whether something was changed.</param>
    /// <param name="note">Runs only when it was.</param>
    public static async Task<bool> ThenAsync(this Task<bool> deed, Func<Task> note)
    {
        var done = await deed;
        if (done)
        {
            await note();
        }

        return done;
    }
}
