namespace AIMake.Platform.Secrets;

/// <summary>
/// The inventory of keys made from the master secret. Each is 256 bits, HKDF-SHA256 of the master with its own label, so
/// none can stand in for another. Rotation: put the present master into <c>JWT_SECRET_PREVIOUS</c> and a new one into
/// <c>JWT_SECRET</c>; the previous one then only verifies, for <see cref="MaxLife"/> after the start.
/// </summary>
/// <param name="Label">HKDF info; carries a version and never changes its meaning.</param>
/// <param name="Use">Algorithm and what it protects.</param>
/// <param name="MaxLife">Longest life of what the key signs.</param>
internal sealed record KeyPurpose(string Label, string Use, TimeSpan MaxLife)
{
    public static readonly KeyPurpose AccessToken = new("access-token|v1", "HMAC-SHA256 over access tokens (JWT HS256)", TimeSpan.FromMinutes(15));

    public static readonly KeyPurpose SignedUrl = new("signed-url|v1", "HMAC-SHA256 over links to media", TimeSpan.FromHours(1));

    public static readonly KeyPurpose VideoNotice = new("video-notice|v1", "HMAC-SHA256 in the addresses vendors send notices to", TimeSpan.FromDays(7));

    public static readonly KeyPurpose Sale = new("sale|v1", "HMAC-SHA256 over who buys what, for sales that know no order", TimeSpan.FromDays(30));

    public static IReadOnlyList<KeyPurpose> All { get; } = [AccessToken, SignedUrl, VideoNotice, Sale];
}
