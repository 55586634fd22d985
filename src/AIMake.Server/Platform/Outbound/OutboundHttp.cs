using System.Net;
using System.Net.Sockets;

namespace AIMake.Platform.Outbound;

/// <summary>
/// The only way out of this server over HTTP. No redirects, no proxy or cookies from the environment, no trace headers to
/// strangers; addresses judged at every connection; clocks on connecting, first byte, silence and the whole; caps on headers
/// and bodies. A singleton; connections are pooled per host.
/// </summary>
internal sealed class OutboundHttp : IDisposable
{
    private readonly OutboundOptions _options;
    private readonly OutboundUrls _urls;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _invoker;

    public OutboundHttp(OutboundOptions options, OutboundPermits permits, OutboundResolver resolver, OutboundUrls urls, TimeProvider time)
    {
        _options = options;
        _urls = urls;
        _time = time;
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            PreAuthenticate = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = _options.ConnectTimeout,
            PooledConnectionLifetime = _options.ConnectionLifetime,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            MaxResponseHeadersLength = _options.MaxHeaderKilobytes,
            MaxResponseDrainSize = 0,
            ConnectCallback = new OutboundDialler(permits, resolver).ConnectAsync,
        });
    }

    /// <summary>
    /// Sends a request and returns when the headers of the answer are there, whatever its status, redirects excepted. Failures
    /// are <see cref="OutboundException"/>; a cancelled <paramref name="ct"/> is an <see cref="OperationCanceledException"/> and
    /// also ends the reading of the body.
    /// </summary>
    public async Task<OutboundResponse> SendAsync(HttpRequestMessage request, OutboundLimits limits, CancellationToken ct)
    {
        if (request.RequestUri is null || !_urls.Allows(request.RequestUri)) throw new OutboundException(OutboundFailure.NotAllowed);
        if (!OutboundHeaders.AreSafe(request)) throw new OutboundException(OutboundFailure.HeaderNotAllowed);

        var watch = new CallWatch(_time, limits.FirstByte ?? _options.FirstByteTimeout, limits.Total ?? _options.TotalTimeout, ct);
        HttpResponseMessage? message = null;
        try
        {
            message = await _invoker.SendAsync(request, watch.Token);
            watch.StopStage();
            if ((int)message.StatusCode is >= 300 and < 400 and not 304)
                throw new OutboundException(OutboundFailure.Redirected, $"status {(int)message.StatusCode}");
            var cap = limits.MaxBytes ?? _options.MaxResponseBytes;
            if (message.Content.Headers.ContentLength > cap) throw new OutboundException(OutboundFailure.TooLarge, $"body over {cap} bytes");
            var wire = new WireStream(await message.Content.ReadAsStreamAsync(watch.Token), watch, _time, limits.Idle ?? _options.IdleTimeout, cap);
            return new OutboundResponse(message, UnpackedStream.Wrap(wire, message.Content.Headers.ContentEncoding, cap), watch);
        }
        catch (Exception e)
        {
            message?.Dispose();
            var failure = Translate(e, watch);
            watch.Dispose();
            if (failure is null) throw;
            throw failure;
        }
    }

    public void Dispose() => _invoker.Dispose();

    private static OutboundException? Translate(Exception e, CallWatch watch)
    {
        for (var inner = e; inner is not null; inner = inner.InnerException)
            if (inner is OutboundException known) return known;
        if (watch.HasExpired(out var expired)) return new OutboundException(expired, null, e);
        return e switch
        {
            OperationCanceledException { InnerException: TimeoutException } => new OutboundException(OutboundFailure.ConnectTimeout, null, e),
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => new OutboundException(OutboundFailure.Unreachable, "name not found", e),
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => new OutboundException(OutboundFailure.Unreachable, "TLS", e),
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => new OutboundException(OutboundFailure.Unreachable, "no connection", e),
            HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => new OutboundException(OutboundFailure.TooLarge, "headers", e),
            HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError } => new OutboundException(OutboundFailure.InvalidResponse, null, e),
            HttpRequestException { InnerException: SocketException, HttpRequestError: HttpRequestError.Unknown } => new OutboundException(OutboundFailure.Unreachable, null, e),
            HttpRequestException or IOException => new OutboundException(OutboundFailure.Interrupted, "before the first byte", e),
            _ => null,
        };
    }
}
