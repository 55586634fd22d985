using System.Text.Json;
using AIMake.Generations;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Video.Storage;

namespace AIMake.Video;

/// <summary>A video to learn the price of. Nothing is made.</summary>
public sealed record VideoQuoteRequest
{
    /// <summary>A model of kind <c>video</c> from <c>GET /v1/models</c>.</summary>
    public required string Model { get; init; }

    /// <summary>What is to be seen, or the script to be said.</summary>
    public required string Prompt { get; init; }

    /// <summary>Length in seconds; absent: the model's shortest of four or more.</summary>
    public int? Seconds { get; init; }

    /// <summary>Width and height in pixels, e.g. <c>1280x720</c>; absent: the model's first.</summary>
    public string? Size { get; init; }

    /// <summary>What only the vendor knows, by its own names; the price does not depend on it.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }
}

/// <summary>Video as the routes see it that speak of any kind of work.</summary>
internal sealed class VideoProduct(VideoPlanner planner) : IGenerationProduct
{
    private static readonly JsonSerializerOptions Strict = CreateStrict();

    public string Kind => VideoWork.Kind;

    public Task<Outcome<Quote>> QuoteAsync(Guid userId, JsonElement body, CancellationToken ct)
    {
        var asked = body.Deserialize<VideoQuoteRequest>(Strict)!;
        return Task.FromResult(planner.Plan(new VideoAsk(asked.Model, asked.Prompt, asked.Seconds, asked.Size, asked.Options)).Select(p => p.Work.ToQuote()));
    }

    public Task<Outcome<GenerationOrder>> ReorderAsync(Guid userId, JsonElement storedRequest, CancellationToken ct)
    {
        var old = VideoWork.Of(storedRequest);
        var ask = new VideoAsk(old.Model, old.Prompt, old.Seconds, old.Shape.Size, old.Options);
        // Both videos name the same first frame; its file goes when neither does.
        return Task.FromResult(planner.Plan(ask, old.OwnKey).Select(p => ToOrder(Guid.CreateVersion7(), userId, p.Work with { Frame = old.Frame }, p.Model.Provider)));
    }

    /// <param name="provider">Who is expected to make it; told anew when it is known.</param>
    public static GenerationOrder ToOrder(Guid id, Guid userId, VideoWork work, string provider) =>
        new(id, userId, VideoWork.Kind, work.Model, provider, JsonSerializer.SerializeToElement(work, JsonFaults.Stored), work.ToQuote())
        {
            Record = (session, ct) => VideoStore.AddAsync(session, userId, id, work, ct),
        };

    private static JsonSerializerOptions CreateStrict()
    {
        var options = new JsonSerializerOptions();
        JsonFaults.Configure(options);
        return options;
    }
}
