using System.Text;

namespace AIMake.Simulator;

/// <summary>What the routes of every vendor have in common: the call is booked, misbehaves as switched, and is answered.</summary>
internal static class VendorCall
{
    private const int PieceBytes = 4096;

    /// <param name="key">Whom the call says it is from; null for nobody.</param>
    /// <param name="answer">Answers; switches that are the vendor's own to interpret (status, throttling) are its business.</param>
    public static async Task AnswerAsync(HttpContext context, string? key, Func<BookedCall, FaultSetting, Task> answer)
    {
        var services = context.RequestServices;
        var call = services.GetRequiredService<CallBook>().Open(context.Request.Method, context.Request.Path, key);
        call.RequestId = Guid.NewGuid().ToString();
        context.Response.OnStarting(() =>
        {
            call.Status = context.Response.StatusCode;
            return Task.CompletedTask;
        });
        try
        {
            var faults = services.GetRequiredService<FaultSwitches>().Take(key, context.Request.Path);
            if (faults.FirstByteMs is { } wait) await Task.Delay(wait, context.RequestAborted);
            if (!await TrySpoilAsync(context, faults)) await answer(call, faults);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            if (call.End == CallEnd.Running) call.End = CallEnd.CallerGone;
        }
        finally
        {
            if (call.End == CallEnd.Running) call.End = CallEnd.Completed;
        }
    }

    /// <summary>Reads the body into the book and returns its bytes.</summary>
    public static async Task<byte[]> ReadBodyAsync(HttpContext context, BookedCall call)
    {
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        call.Body = Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length);
        return body.ToArray();
    }

    /// <summary>Sends bytes in pieces, as slowly and as far as the switches let it.</summary>
    public static async Task SendAsync(HttpContext context, BookedCall call, FaultSetting faults, IAsyncEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        var (body, ct) = (context.Response.Body, context.RequestAborted);
        await context.Response.StartAsync(ct);
        await foreach (var piece in pieces.WithCancellation(ct))
        {
            if (faults.SlowMs is { } wait) await Task.Delay(wait, ct);
            if (faults.CutAfterBytes - call.Bytes < piece.Length || faults.CutAfterBytes == 0)
            {
                await WriteAsync(piece[..(int)(faults.CutAfterBytes - call.Bytes)!.Value]);
                call.End = CallEnd.Cut;
                throw new OpenAi.CutException();
            }
            if (faults.StallAfterBytes - call.Bytes < piece.Length)
            {
                await WriteAsync(piece[..(int)(faults.StallAfterBytes - call.Bytes)!.Value]);
                await Task.Delay(Timeout.Infinite, ct);
            }
            await WriteAsync(piece);
        }

        async Task WriteAsync(ReadOnlyMemory<byte> part)
        {
            await body.WriteAsync(part, ct);
            await body.FlushAsync(ct);
            call.Bytes += part.Length;
        }
    }

    /// <summary>Sends bytes that are all there already.</summary>
    public static Task SendAsync(HttpContext context, BookedCall call, FaultSetting faults, byte[] bytes) =>
        SendAsync(context, call, faults, bytes.Chunk(faults.PieceBytes ?? PieceBytes).Select(piece => new ReadOnlyMemory<byte>(piece)).ToAsyncEnumerable());

    /// <summary>How many bytes of sound go into a piece.</summary>
    public static int PieceOf(FaultSetting faults) => faults.PieceBytes ?? PieceBytes;

    private static async Task<bool> TrySpoilAsync(HttpContext context, FaultSetting faults)
    {
        var response = context.Response;
        switch (faults.Malformed)
        {
            case "html":
                response.StatusCode = StatusCodes.Status502BadGateway;
                response.ContentType = "text/html";
                await response.WriteAsync("<html><body><h1>502 Bad Gateway</h1></body></html>");
                return true;
            case "redirect":
                response.StatusCode = StatusCodes.Status307TemporaryRedirect;
                response.Headers.Location = "http://127.0.0.1:9/elsewhere";
                return true;
            case "json":
                response.ContentType = "application/json";
                await response.WriteAsync("{\"ok\":tru");
                return true;
            case "empty":
                response.ContentLength = 0;
                return true;
            case "oddByte":
                response.ContentType = "application/octet-stream";
                await response.Body.WriteAsync(new byte[1001]);
                return true;
            default:
                return false;
        }
    }
}
