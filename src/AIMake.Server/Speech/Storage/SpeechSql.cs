using AIMake.Platform.Database;

namespace AIMake.Speech.Storage;

/// <summary>Every statement of speech.</summary>
internal static class SpeechSql
{
    public static readonly Statement FindSegments = new("speech", "find_segments",
        """
        SELECT s.digest, s.pack_id, p.file_key, s.position, s.samples, s.sample_rate, s.paid
        FROM speech.segments s
        JOIN speech.packs p ON p.user_id = s.user_id AND p.id = s.pack_id
        WHERE s.user_id = @userId AND s.digest = ANY (@digests)
        """);

    public static readonly Statement FindPaid = new("speech", "find_paid_segments",
        "SELECT digest FROM speech.segments WHERE user_id = @userId AND digest = ANY (@digests) AND paid");

    public static readonly Statement AddPack = new("speech", "add_pack",
        """
        INSERT INTO speech.packs (user_id, id, file_key, bytes) VALUES (@userId, @id, @fileKey, @bytes)
        ON CONFLICT (user_id, id) DO NOTHING
        """);

    /// <summary>Two jobs that spoke the same sentence keep the first one's; the other's samples stay in its pack unused.</summary>
    public static readonly Statement AddSegments = new("speech", "add_segments",
        """
        INSERT INTO speech.segments (user_id, digest, pack_id, position, samples, sample_rate)
        SELECT @userId, digest, @packId, position, samples, @sampleRate
        FROM unnest(@digests, @positions, @samples) AS spoken (digest, position, samples)
        ORDER BY digest
        ON CONFLICT (user_id, digest) DO NOTHING
        """);

    public static readonly Statement MarkPaid = new("speech", "mark_segments_paid",
        """
        UPDATE speech.segments SET paid = true
        WHERE (user_id, digest) IN (
            SELECT user_id, digest FROM speech.segments
            WHERE user_id = @userId AND digest = ANY (@digests) AND NOT paid
            ORDER BY digest FOR UPDATE)
        """);

    public static readonly Statement TouchPacks = new("speech", "touch_packs",
        "UPDATE speech.packs SET used_at = now() WHERE user_id = @userId AND id = ANY (@ids) AND used_at < now() - interval '1 hour'");

    public static readonly Statement SaveAudio = new("speech", "save_audio",
        """
        INSERT INTO speech.audios (user_id, id, version, text, voice_id, speed, format, timeline, packs)
        VALUES (@userId, @id, @version, @text, @voiceId, @speed, @format, @timeline, @packs)
        ON CONFLICT (user_id, id) DO UPDATE SET
            version = excluded.version, text = excluded.text, voice_id = excluded.voice_id, speed = excluded.speed,
            format = excluded.format, timeline = excluded.timeline, packs = excluded.packs
        WHERE audios.version < excluded.version
        """);

    public static readonly Statement FindAudio = new("speech", "find_audio",
        "SELECT user_id, id, version, text, voice_id, speed, format, timeline FROM speech.audios WHERE user_id = @userId AND id = @id");

    public static readonly Statement ForgetAudios = new("speech", "forget_audios",
        "DELETE FROM speech.audios WHERE user_id = @userId AND id = ANY (@ids)");

    public static readonly Statement ForgetUserAudios = new("speech", "forget_audios_of_user",
        "DELETE FROM speech.audios WHERE user_id = @userId");

    public static readonly Statement ForgetUserPacks = new("speech", "forget_packs_of_user",
        "DELETE FROM speech.packs WHERE user_id = @userId RETURNING file_key");

    /// <summary>Packs that nothing in the library was made from and nobody used for long; their segments go with them.</summary>
    public static readonly Statement PurgePacks = new("speech", "purge_packs",
        """
        DELETE FROM speech.packs p
        USING (
            SELECT user_id, id FROM speech.packs c
            WHERE used_at < now() - @unusedFor
                AND NOT EXISTS (SELECT FROM speech.audios a WHERE a.user_id = c.user_id AND a.packs @> ARRAY[c.id])
            ORDER BY used_at LIMIT @limit
            FOR UPDATE SKIP LOCKED) due
        WHERE p.user_id = due.user_id AND p.id = due.id
        RETURNING p.file_key
        """);

    public static readonly Statement KnownFiles = new("speech", "known_pack_files",
        "SELECT file_key FROM speech.packs WHERE file_key = ANY (@keys)");
}
