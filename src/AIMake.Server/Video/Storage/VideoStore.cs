using AIMake.Generations;
using AIMake.Platform.Database;
using AIMake.Video.Making;

namespace AIMake.Video.Storage;

/// <summary>Reads and writes the <c>video</c> schema. The caller owns the transaction.</summary>
internal static class VideoStore
{
    public static Task AddAsync(DbSession session, Guid userId, Guid id, VideoWork work, CancellationToken ct) =>
        session.ExecuteAsync(
            VideoSql.Add,
            new { userId, id, work.Model, work.Prompt, work.Seconds, size = work.Shape.Size, work.OwnKey, frameKey = work.Frame?.Key },
            ct);

    public static Task<VideoRow?> FindAsync(DbSession session, Guid userId, Guid id, CancellationToken ct) =>
        session.FindAsync<VideoRow>(VideoSql.Find, new { userId, id }, ct);

    public static Task<IReadOnlyList<VideoRow>> ListAsync(DbSession session, Guid userId, Guid? after, bool oldestFirst, int limit, CancellationToken ct) =>
        session.QueryAsync<VideoRow>(oldestFirst ? VideoSql.Oldest : VideoSql.Newest, new { userId, after, limit }, ct);

    /// <summary>Whether there is or was one, on the list or taken off it.</summary>
    public static Task<bool> ExistsAsync(DbSession session, Guid userId, Guid id, CancellationToken ct) =>
        session.SingleAsync<bool>(VideoSql.Exists, new { userId, id }, ct);

    public static Task SaveTaskAsync(DbSession session, GenerationRun run, VideoTicket ticket, CancellationToken ct) =>
        session.ExecuteAsync(
            VideoSql.SaveTask, new { run.UserId, run.Id, ticket.Provider, ticket.KeyId, ticket.TaskId, cost = ticket.CostMicroUsd, run.ApiKeyId }, ct);

    /// <returns>True when this call ended it.</returns>
    public static async Task<bool> EndTaskAsync(DbSession session, Guid userId, Guid id, CancellationToken ct) =>
        await session.ExecuteAsync(VideoSql.EndTask, new { userId, id }, ct) == 1;

    public static Task FinishAsync(DbSession session, Guid userId, Guid id, KeptVideo made, CancellationToken ct) =>
        session.ExecuteAsync(
            VideoSql.Finish,
            new
            {
                userId,
                id,
                seconds = (int)Math.Ceiling(made.Facts.Seconds),
                size = $"{made.Facts.Width}x{made.Facts.Height}",
                key = made.Still?.Key,
                bytes = made.Still?.Bytes,
                sha256 = made.Still?.Sha256,
            },
            ct);

    public static async Task<bool> RemoveAsync(DbSession session, Guid userId, Guid id, CancellationToken ct) =>
        await session.ExecuteAsync(VideoSql.Remove, new { userId, id }, ct) == 1;

    public static Task<IReadOnlyList<VideoRow>> OpenAsync(DbSession session, VideoRow? after, int limit, CancellationToken ct) =>
        session.QueryAsync<VideoRow>(VideoSql.Open, new { afterId = after?.Id, afterTime = after?.CreatedAt.UtcDateTime, limit }, ct);

    /// <summary>Videos whose task has that id at one of the providers.</summary>
    public static Task<IReadOnlyList<VideoRow>> OfTaskAsync(DbSession session, string taskId, string[] providers, CancellationToken ct) =>
        session.QueryAsync<VideoRow>(VideoSql.OfTask, new { taskId, providers }, ct);

    /// <summary>A video by its id alone, if that is its task.</summary>
    public static Task<VideoRow?> TaskOfAsync(DbSession session, Guid id, string taskId, CancellationToken ct) =>
        session.FindAsync<VideoRow>(VideoSql.TaskOf, new { id, taskId }, ct);

    public static Task<IReadOnlyList<string>> KnownFilesAsync(DbSession session, string[] keys, CancellationToken ct) =>
        session.QueryAsync<string>(VideoSql.KnownFiles, new { keys }, ct);

    public static Task ForgetAsync(DbSession session, Guid userId, Guid[] ids, CancellationToken ct) =>
        session.ExecuteAsync(VideoSql.Forget, new { userId, ids }, ct);

    public static Task ForgetUserAsync(DbSession session, Guid userId, CancellationToken ct) =>
        session.ExecuteAsync(VideoSql.ForgetUser, new { userId }, ct);
}
