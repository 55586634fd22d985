using System.Runtime.CompilerServices;
using AIMake.Providers.Audio;
using AIMake.Providers.Declarative.Calls;

namespace AIMake.Providers.Declarative;

/// <summary>Speaks through a provider described by a file.</summary>
internal sealed class DeclarativeSpeech(SpeechSeam seam, Func<TemplateValues> fresh, DeclarativeCaller caller) : ISpeechProvider
{
    public string Name => caller.Provider;

    public int MaximumCharacters => seam.MaximumCharacters;

    public async IAsyncEnumerable<SpeechChunk> SynthesizeAsync(SpeechSynthesis request, [EnumeratorCancellation] CancellationToken ct)
    {
        var (values, counted) = (Values(request), new ProviderUsage { Characters = request.Text.EnumerateRunes().Count() });
        var usage = counted;
        Stream body;
        if (seam.Audio is null && seam.Link is null)
        {
            var response = await caller.SendAsync(seam.Call.Request, values, ct);
            body = new Owned(response);
        }
        else
        {
            var answer = await caller.RunAsync(seam.Call, values, ct);
            usage = seam.Call.Usage.Read(answer, counted);
            body = seam.Link?.Word(answer) is { } link ? await caller.FetchAsync(link, ct) : Decoded(seam.Audio?.Word(answer));
        }

        var sampleRate = 0;
        await using (body)
        {
            await foreach (var chunk in PcmBody.ReadAsync(body, seam.SampleRate, rawAllowed: !seam.Wav, ct))
            {
                sampleRate = chunk.SampleRate;
                yield return chunk;
            }
        }
        yield return new SpeechChunk(ReadOnlyMemory<byte>.Empty, sampleRate, new SpeechUsage((int)Math.Min(usage.Characters, int.MaxValue), usage.CostMicroUsd));
    }

    private TemplateValues Values(SpeechSynthesis request)
    {
        var values = fresh();
        values["text"] = request.Text;
        values["model"] = request.Model;
        values["voice"] = request.Voice;
        values["language"] = request.Language is { Length: > 0 } language ? language : null;
        values["speed"] = request.Speed == 1 ? null : request.Speed;
        values["instructions"] = request.Instructions is { Length: > 0 } instructions ? instructions : null;
        return values;
    }

    private static MemoryStream Decoded(string? base64)
    {
        var bytes = new byte[(base64?.Length ?? 0) / 4 * 3 + 3];
        return base64 is not null && Convert.TryFromBase64String(base64, bytes, out var length)
            ? new MemoryStream(bytes, 0, length)
            : throw ProviderFaults.Invalid("no sound in the answer");
    }

    /// <summary>The body of an answer, which goes when it does.</summary>
    private sealed class Owned(Platform.Outbound.OutboundResponse response) : Platform.Outbound.ReadOnlyPassage
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => response.Body.ReadAsync(buffer, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            if (disposing) response.Dispose();
            base.Dispose(disposing);
        }
    }
}
