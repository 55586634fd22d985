using System.Text.Json;
using AIMake.Platform.Database;
using AIMake.Speech.Text;

namespace AIMake.Speech.Storage;

/// <summary>Reads and writes the <c>speech</c> schema. The caller owns the transaction.</summary>
internal static class SpeechStore
{
    public static async Task<IReadOnlyDictionary<SegmentDigest, SegmentRow>> FindSegmentsAsync(
        DbSession session, Guid userId, IEnumerable<SegmentDigest> digests, CancellationToken ct)
    {
        var rows = await session.QueryAsync<SegmentRow>(SpeechSql.FindSegments, new { userId, digests = Bytes(digests) }, ct);
        return rows.ToDictionary(r => Digest(r.Digest));
    }

    public static async Task<IReadOnlySet<SegmentDigest>> FindPaidAsync(DbSession session, Guid userId, IEnumerable<SegmentDigest> digests, CancellationToken ct)
    {
        var rows = await session.QueryAsync<byte[]>(SpeechSql.FindPaid, new { userId, digests = Bytes(digests) }, ct);
        return rows.Select(Digest).ToHashSet();
    }

    public static async Task AddPackAsync(DbSession session, Guid userId, NewPack pack, CancellationToken ct)
    {
        await session.ExecuteAsync(SpeechSql.AddPack, new { userId, id = pack.Id, fileKey = pack.FileKey, bytes = pack.Bytes }, ct);
        await session.ExecuteAsync(
            SpeechSql.AddSegments,
            new
            {
                userId,
                packId = pack.Id,
                sampleRate = pack.SampleRate,
                digests = Bytes(pack.Segments.Select(s => s.Digest)),
                positions = pack.Segments.Select(s => s.Position).ToArray(),
                samples = pack.Segments.Select(s => s.Samples).ToArray(),
            },
            ct);
    }

    public static Task MarkPaidAsync(DbSession session, Guid userId, IEnumerable<SegmentDigest> digests, CancellationToken ct) =>
        session.ExecuteAsync(SpeechSql.MarkPaid, new { userId, digests = Bytes(digests) }, ct);

    public static Task TouchPacksAsync(DbSession session, Guid userId, Guid[] ids, CancellationToken ct) =>
        session.ExecuteAsync(SpeechSql.TouchPacks, new { userId, ids }, ct);

    public static Task SaveAudioAsync(
        DbSession session, Guid userId, Guid id, int version, SpeechWork work, JsonElement timeline, Guid[] packs, CancellationToken ct) =>
        session.ExecuteAsync(
            SpeechSql.SaveAudio,
            new { userId, id, version, text = work.Text, voiceId = work.VoiceId, speed = (decimal)work.Speed, format = work.Format, timeline, packs },
            ct);

    public static Task<AudioRow?> FindAudioAsync(DbSession session, Guid userId, Guid id, CancellationToken ct) =>
        session.FindAsync<AudioRow>(SpeechSql.FindAudio, new { userId, id }, ct);

    public static Task ForgetAudiosAsync(DbSession session, Guid userId, Guid[] ids, CancellationToken ct) =>
        session.ExecuteAsync(SpeechSql.ForgetAudios, new { userId, ids }, ct);

    public static async Task<IReadOnlyList<string>> ForgetUserAsync(DbSession session, Guid userId, CancellationToken ct)
    {
        await session.ExecuteAsync(SpeechSql.ForgetUserAudios, new { userId }, ct);
        return await session.QueryAsync<string>(SpeechSql.ForgetUserPacks, new { userId }, ct);
    }

    public static Task<IReadOnlyList<string>> PurgePacksAsync(DbSession session, TimeSpan unusedFor, int limit, CancellationToken ct) =>
        session.QueryAsync<string>(SpeechSql.PurgePacks, new { unusedFor, limit }, ct);

    public static Task<IReadOnlyList<string>> KnownFilesAsync(DbSession session, string[] keys, CancellationToken ct) =>
        session.QueryAsync<string>(SpeechSql.KnownFiles, new { keys }, ct);

    private static byte[][] Bytes(IEnumerable<SegmentDigest> digests) => [.. digests.Select(d => d.ToBytes())];

    private static SegmentDigest Digest(byte[] bytes) => new(Convert.ToHexStringLower(bytes));
}
