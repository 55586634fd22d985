using AIMake.Providers.Declarative.Calls;

namespace AIMake.Providers.Declarative;

/// <summary>Makes pictures through a provider described by a file.</summary>
internal sealed class DeclarativeImages(ImageSeam seam, Func<TemplateValues> fresh, DeclarativeCaller caller) : IImageProvider
{
    public async Task<ImageAnswer> GenerateAsync(ImageRequest request, CancellationToken ct)
    {
        var answer = await caller.RunAsync(seam.Call, Values(request), ct);
        var images = new List<MediaOutput>();
        foreach (var data in seam.Data?.All(answer).Select(ValuePath.WordOf).OfType<string>() ?? []) images.Add(MadeMedia.OfBase64(data));
        foreach (var link in images.Count > 0 ? [] : seam.Links?.All(answer).Select(ValuePath.WordOf).OfType<string>().ToList() ?? []) images.Add(await caller.ReadAsync(link, ct));
        if (images.Count == 0) throw ProviderFaults.Invalid("no picture in the answer");
        var usage = seam.Call.Usage.Read(answer, new ProviderUsage { Count = images.Count });
        return new ImageAnswer(images, usage, seam.RevisedPrompt?.Word(answer));
    }

    private TemplateValues Values(ImageRequest request)
    {
        var values = fresh();
        values["model"] = request.Model;
        values["prompt"] = request.Prompt;
        values["count"] = request.Count;
        values["size"] = request.Size;
        if (request.Size?.Split('x', ':') is [var width, var height] && int.TryParse(width, out var w) && int.TryParse(height, out var h))
            (values["width"], values["height"]) = (w, h);
        values["quality"] = request.Quality;
        values["format"] = request.Format;
        values["background"] = request.Background;
        var sources = request.Sources ?? [];
        values["images"] = sources.Count > 0 ? sources.Select(MadeMedia.DataUri).ToList() : null;
        values["image"] = sources.Count > 0 ? sources[0] : null;
        values["mask"] = request.Mask;
        return values;
    }
}
