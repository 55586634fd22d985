using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;

namespace AIMake.Simulator.OpenAi;

/// <summary>Puts bytes on the wire in the slices, and with the accidents, that the switches ask for.</summary>
internal sealed class Wire(OpenAiCall call)
{
    private long _sent;

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        if (call.Faults.CutAfterBytes is { } cut && _sent + bytes.Length > cut)
        {
            await SliceAsync(bytes[..(int)(cut - _sent)]);
            await CutAsync();
        }
        if (call.Faults.StallAfterBytes is { } stall && _sent + bytes.Length > stall)
        {
            await SliceAsync(bytes[..(int)(stall - _sent)]);
            await StallAsync();
        }
        await SliceAsync(bytes);
    }

    /// <summary>Says nothing more until the caller leaves.</summary>
    public Task StallAsync() => Task.Delay(Timeout.Infinite, call.Ct);

    /// <summary>Breaks the connection the way <see cref="FaultSetting.CutHow"/> says.</summary>
    public async Task CutAsync()
    {
        call.Booked.End = CallEnd.Cut;
        await call.Response.Body.FlushAsync(call.Ct);
        switch (call.Faults.CutHow)
        {
            case "end" or "half":
                throw new AnswerEndsException();
            case "rst":
                await Task.Delay(100, call.Ct); // a reset discards what the other side has not yet read
                var socket = call.Context.Features.Get<IConnectionSocketFeature>()!.Socket;
                socket.LingerState = new LingerOption(true, 0);
                socket.Close();
                throw new AnswerEndsException();
            default:
                throw new CutException();
        }
    }

    private async Task SliceAsync(ReadOnlyMemory<byte> bytes)
    {
        var slice = call.Faults.SliceBytes ?? Math.Max(1, bytes.Length);
        for (var at = 0; at < bytes.Length; at += slice)
        {
            await call.Response.Body.WriteAsync(bytes.Slice(at, Math.Min(slice, bytes.Length - at)), call.Ct);
            await call.Response.Body.FlushAsync(call.Ct);
        }
        if (bytes.IsEmpty) await call.Response.Body.FlushAsync(call.Ct);
        _sent += bytes.Length;
        call.Booked.Bytes += bytes.Length;
    }
}

/// <summary>
/// Ends an answer in the middle. Unlike an abort, which may overtake what was already written, the server sends that first and
/// then closes without the last chunk.
/// </summary>
internal sealed class CutException() : Exception("cut by a switch");

/// <summary>Leaves an answer as it stands: to the server it ended well.</summary>
internal sealed class AnswerEndsException() : Exception("ended by a switch");
