using AIMake.Platform.Database;

namespace AIMake.Library.Storage;

/// <summary>Every statement of the library.</summary>
internal static class LibrarySql
{
    private const string Columns =
        """
        user_id, id, version, kind, title, tags, mime_type, bytes, sha256, file_key, duration_ms, width, height, peaks, details,
        generation_id, credits, created_at, updated_at, deleted_at
        """;

    /// <summary>NFKC makes full-width letters and digits equal to ordinary ones; the ICU collation lowers every script.</summary>
    private const string Search =
        """lower(normalize(@title || E'\n' || array_to_string(@tags::text[], E'\n') || E'\n' || {0}, NFKC) COLLATE "und-x-icu")""";

    /// <summary>The same id again is the same effect, recorded by a transaction whose commit was not heard of.</summary>
    public static readonly Statement Add = new("library", "add_asset",
        $"""
        INSERT INTO library.assets
            (user_id, id, kind, title, tags, mime_type, bytes, sha256, file_key, duration_ms, width, height, peaks, details, generation_id, credits, excerpt, search)
        VALUES
            (@userId, @id, @kind, @title, @tags, @mimeType, @bytes, @sha256, @fileKey, @durationMs, @width, @height, @peaks, @details, @generationId, @credits, @excerpt,
             {string.Format(System.Globalization.CultureInfo.InvariantCulture, Search, "@excerpt")})
        ON CONFLICT (user_id, id) DO NOTHING
        """);

    /// <summary>
    /// New content under the old id; of two edits at once the one that ends last stays. One in the bin is renewed too: what was
    /// paid for is there when it is restored.
    /// </summary>
    public static readonly Statement Replace = new("library", "replace_asset",
        """
        UPDATE library.assets SET
            version = version + 1, mime_type = @mimeType, bytes = @bytes, sha256 = @sha256, file_key = @fileKey, duration_ms = @durationMs,
            peaks = @peaks, details = @details, generation_id = @generationId, credits = @credits, excerpt = @excerpt,
            search = lower(normalize(title || E'\n' || array_to_string(tags, E'\n') || E'\n' || @excerpt, NFKC) COLLATE "und-x-icu"),
            updated_at = now()
        WHERE user_id = @userId AND id = @id AND generation_id <> @generationId
        RETURNING version
        """);

    public static readonly Statement Find = new("library", "find_asset",
        $"SELECT {Columns} FROM library.assets WHERE user_id = @userId AND id = @id AND deleted_at IS NULL");

    public static readonly Statement FindMany = new("library", "find_assets_of_generations",
        $"SELECT {Columns} FROM library.assets WHERE user_id = @userId AND generation_id = ANY (@generationIds) AND deleted_at IS NULL ORDER BY id");

    public static readonly Statement Change = new("library", "change_asset",
        $"""
        UPDATE library.assets SET
            title = coalesce(@title, title), tags = coalesce(@tags::text[], tags),
            search = lower(normalize(
                coalesce(@title, title) || E'\n' || array_to_string(coalesce(@tags::text[], tags), E'\n') || E'\n' || excerpt, NFKC) COLLATE "und-x-icu"),
            updated_at = now()
        WHERE user_id = @userId AND id = @id AND (@kind::text IS NULL OR kind = @kind) AND deleted_at IS NULL
        RETURNING {Columns}
        """);

    public static readonly Statement Delete = new("library", "delete_asset",
        $"""
        UPDATE library.assets SET deleted_at = now()
        WHERE user_id = @userId AND id = @id AND (@kind::text IS NULL OR kind = @kind) AND deleted_at IS NULL
        RETURNING {Columns}
        """);

    public static readonly Statement Restore = new("library", "restore_asset",
        $"""
        UPDATE library.assets SET deleted_at = NULL
        WHERE user_id = @userId AND id = @id AND (@kind::text IS NULL OR kind = @kind) AND deleted_at > now() - @undo
        RETURNING {Columns}
        """);

    /// <summary>
    /// Every word asked for must occur. <c>strpos</c> takes words as they are: nothing in them is a pattern, and the time is
    /// linear in what is searched, which is one user's own rows.
    /// </summary>
    private const string Filter =
        """
        user_id = @userId AND (deleted_at IS NOT NULL) = @deleted
            AND (@kind::text IS NULL OR kind = @kind)
            AND (@tag::text IS NULL OR @tag = ANY (tags))
            AND (@from::timestamptz IS NULL OR created_at >= @from)
            AND (@to::timestamptz IS NULL OR created_at < @to)
            AND NOT EXISTS (
                SELECT FROM unnest(@words::text[]) AS asked (word)
                WHERE strpos(search, lower(normalize(asked.word, NFKC) COLLATE "und-x-icu")) = 0)
        """;

    public static readonly Statement Newest = new("library", "list_newest_assets",
        $"""
        SELECT {Columns} FROM library.assets
        WHERE {Filter} AND (@afterId::uuid IS NULL OR (created_at, id) < (@afterTime, @afterId))
        ORDER BY created_at DESC, id DESC LIMIT @limit
        """);

    public static readonly Statement Oldest = new("library", "list_oldest_assets",
        $"""
        SELECT {Columns} FROM library.assets
        WHERE {Filter} AND (@afterId::uuid IS NULL OR (created_at, id) > (@afterTime, @afterId))
        ORDER BY created_at, id LIMIT @limit
        """);

    public static readonly Statement ByTitle = new("library", "list_assets_by_title",
        $"""
        SELECT {Columns} FROM library.assets
        WHERE {Filter} AND (@afterId::uuid IS NULL OR (title COLLATE "und-x-icu", id) > (@afterTitle, @afterId))
        ORDER BY title COLLATE "und-x-icu", id LIMIT @limit
        """);

    public static readonly Statement Longest = new("library", "list_longest_assets",
        $"""
        SELECT {Columns} FROM library.assets
        WHERE {Filter} AND (@afterId::uuid IS NULL OR (coalesce(duration_ms, 0), id) < (@afterDuration, @afterId))
        ORDER BY coalesce(duration_ms, 0) DESC, id DESC LIMIT @limit
        """);

    /// <summary>Takes rows whose time to be undone is over; another node takes others.</summary>
    public static readonly Statement Purge = new("library", "purge_assets",
        """
        DELETE FROM library.assets a
        USING (
            SELECT user_id, id FROM library.assets
            WHERE deleted_at <= now() - @undo
            ORDER BY deleted_at LIMIT @limit
            FOR UPDATE SKIP LOCKED) due
        WHERE a.user_id = due.user_id AND a.id = due.id
        RETURNING a.user_id, a.id, a.kind, a.file_key, a.generation_id
        """);

    public static readonly Statement PurgeUser = new("library", "purge_assets_of_user",
        "DELETE FROM library.assets WHERE user_id = @userId RETURNING user_id, id, kind, file_key");

    public static readonly Statement KnownFiles = new("library", "known_asset_files",
        "SELECT file_key FROM library.assets WHERE file_key = ANY (@keys)");
}
