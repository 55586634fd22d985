using System.Buffers;

namespace AIMake.Platform.Http;

/// <summary>Every request has one id, in the log, in <c>X-Request-Id</c> and in error answers. A sane one sent by the caller is kept.</summary>
internal static class RequestIds
{
    public const string Header = "X-Request-Id";
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    public static string Choose(string? sent, DateTimeOffset now) =>
        sent is { Length: >= 8 and <= 64 } && !sent.AsSpan().ContainsAnyExcept(Allowed) ? sent : Guid.CreateVersion7(now).ToString();
}
