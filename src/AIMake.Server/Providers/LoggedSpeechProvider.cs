using System.Runtime.CompilerServices;

namespace AIMake.Providers;

/// <summary>One line per call: lengths, times and how it ended; never what was said or with which key.</summary>
internal sealed class LoggedSpeechProvider(ISpeechProvider inner, ILogger log, TimeProvider time) : ISpeechProvider
{
    public string Name => inner.Name;

    public int MaximumCharacters => inner.MaximumCharacters;

    public async IAsyncEnumerable<SpeechChunk> SynthesizeAsync(SpeechSynthesis request, [EnumeratorCancellation] CancellationToken ct)
    {
        var call = new SpeechCall(time);
        try
        {
            await using var chunks = inner.SynthesizeAsync(request, ct).GetAsyncEnumerator(ct);
            while (await call.MoveNextAsync(chunks)) yield return chunks.Current;
        }
        finally
        {
            var milliseconds = (long)call.Elapsed.TotalMilliseconds;
            if (call.Fault is { } fault) log.CallFailed(Name, request.Model, request.Text.Length, fault.Kind, fault.Stage, fault.Party, fault.Detail, call.AudioSeconds, milliseconds);
            else if (call.Usage is null) log.CallLeft(Name, request.Model, request.Text.Length, call.AudioSeconds, milliseconds);
            else log.CallEnded(Name, request.Model, request.Text.Length, call.AudioSeconds, milliseconds);
        }
    }
}
