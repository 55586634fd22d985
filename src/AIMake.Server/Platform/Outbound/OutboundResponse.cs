using System.Net.Http.Headers;

namespace AIMake.Platform.Outbound;

/// <summary>An answer whose headers have come. Owns the connection: dispose it, read or unread.</summary>
internal sealed class OutboundResponse(HttpResponseMessage message, Stream body, CallWatch watch) : IDisposable
{
    public int Status => (int)message.StatusCode;

    public bool Success => message.IsSuccessStatusCode;

    public HttpResponseHeaders Headers => message.Headers;

    public HttpContentHeaders ContentHeaders => message.Content.Headers;

    /// <summary>Lower-case media type without parameters; empty when none was given.</summary>
    public string MediaType => message.Content.Headers.ContentType?.MediaType?.ToLowerInvariant() ?? "";

    /// <summary>The body, unpacked, under its time limits and caps. Failures are <see cref="OutboundException"/>.</summary>
    public Stream Body { get; } = body;

    /// <summary>How long the other side asks us to wait, from <c>retry-after-ms</c> or <c>Retry-After</c>; null when it does not say.</summary>
    public TimeSpan? RetryAfter(TimeProvider time)
    {
        if (message.Headers.TryGetValues("retry-after-ms", out var values)
            && long.TryParse(values.First(), System.Globalization.CultureInfo.InvariantCulture, out var milliseconds) && milliseconds is >= 0 and < int.MaxValue)
            return TimeSpan.FromMilliseconds(milliseconds);
        if (message.Headers.RetryAfter is not { } header) return null;
        var wait = header.Delta ?? header.Date - time.GetUtcNow();
        return wait is { } known && known > TimeSpan.Zero ? known : TimeSpan.Zero;
    }

    /// <summary>The first bytes of the body, at most <paramref name="limit"/>; for error messages that are meant to be short.</summary>
    public async Task<byte[]> ReadUpToAsync(int limit, CancellationToken ct)
    {
        var buffer = new byte[limit];
        var read = await Body.ReadAtLeastAsync(buffer, limit, throwOnEndOfStream: false, ct);
        return buffer[..read];
    }

    /// <summary>From now on this token ends the reading, instead of the one the request was sent with.</summary>
    public void Follow(CancellationToken token) => watch.Follow(token);

    public void Dispose()
    {
        Body.Dispose();
        message.Dispose();
        watch.Dispose();
    }
}
