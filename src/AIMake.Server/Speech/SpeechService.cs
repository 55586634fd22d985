using AIMake.Accounts;
using AIMake.Generations;
using AIMake.Library;
using AIMake.Library.Storage;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Platform.Storage;

namespace AIMake.Speech;

/// <summary>How an order for speech was answered: with the audio, or with the work that is still going on.</summary>
/// <param name="GenerationId">The work.</param>
/// <param name="Audio">The audio, when it was waited for and is there.</param>
internal sealed record SpeechResult(Guid GenerationId, AssetRow? Audio);

/// <summary>Whether a caller waits for short work, and the language failures are told in.</summary>
internal readonly record struct Waiting(bool AtAll, string Language);

/// <summary>
/// The story of an order: check and price it, start the work with its money, and wait for short ones. What speaking means is
/// told by <see cref="SpeechHandler"/>.
/// </summary>
internal sealed class SpeechService(
    SpeechPlanner planner, SpeechQuotes quotes, IGenerations generations, LibraryService library, IFileStore files, SpeechOptions options, TimeProvider clock)
{
    public const string AudioKind = "audio";

    /// <summary>Said before anything is begun: work that could not be kept is not worth waiting for.</summary>
    private static Fault StorageFull => new(FaultCodes.StorageFull) { RetryAfter = TimeSpan.FromSeconds(30) };

    public async Task<Outcome<SpeechResult>> GenerateAsync(CurrentCaller caller, SpeechRequest request, IdempotencyClaim? key, Waiting wait, CancellationToken ct)
    {
        var id = Guid.CreateVersion7();
        return planner.Plan(SpeechOrder.From(request), id).TryGet(out var plan, out var fault)
            ? await StartAsync(caller, id, plan, key, wait, ct)
            : fault;
    }

    public async Task<Outcome<SpeechResult>> EditAsync(CurrentCaller caller, Guid audioId, EditSpeechRequest request, IdempotencyClaim? key, Waiting wait, CancellationToken ct)
    {
        if (await quotes.FindEditableAsync(caller.UserId, audioId, ct) is not { } audio)
        {
            return new Fault(FaultCodes.NotFound);
        }

        var order = new SpeechOrder(request.Text, audio.VoiceId, (double)audio.Speed, audio.Format, null, null, request.OwnKey);
        return planner.Plan(order, audioId, isEdit: true).TryGet(out var plan, out var fault)
            ? await StartAsync(caller, Guid.CreateVersion7(), plan, key, wait, ct)
            : fault;
    }

    /// <summary>The order of a stream, to be run by the one who asked for it.</summary>
    public async Task<Outcome<(Started Started, SpeechPlan Plan, Quote Quote)>> StartStreamAsync(CurrentCaller caller, SpeechRequest request, IdempotencyClaim? key, CancellationToken ct)
    {
        var id = Guid.CreateVersion7();
        if (!planner.Plan(SpeechOrder.From(request), id).TryGet(out var plan, out var fault))
        {
            return fault;
        }

        if (Refusal(caller, plan) is { } refusal)
        {
            return refusal;
        }

        if (!(await quotes.PriceAsync(caller.UserId, plan, ct)).TryGet(out var quote, out fault))
        {
            return fault;
        }

        return (await generations.StartAsync(Order(plan, id, caller, quote, key) with { Inline = true }, ct)).Select(started => (started, plan, quote));
    }

    private async Task<Outcome<SpeechResult>> StartAsync(CurrentCaller caller, Guid id, SpeechPlan plan, IdempotencyClaim? key, Waiting wait, CancellationToken ct)
    {
        if (Refusal(caller, plan) is { } refusal)
        {
            return refusal;
        }

        if (!(await quotes.PriceAsync(caller.UserId, plan, ct)).TryGet(out var quote, out var unpriced))
        {
            return unpriced;
        }

        if (!(await generations.StartAsync(Order(plan, id, caller, quote, key), ct)).TryGet(out var started, out var refused))
        {
            return refused;
        }

        if (!wait.AtAll || !plan.IsWaitedFor)
        {
            return new SpeechResult(started.Id, null);
        }

        return await generations.WaitAsync(caller.UserId, started.Id, options.WaitFor, ct, wait.Language) is { } view
            ? await EndedAsync(caller.UserId, view, plan.Work.IsEdit ? plan.Work.AssetId : started.Id, ct)
            : new Fault(FaultCodes.NotFound);
    }

    private GenerationOrder Order(SpeechPlan plan, Guid id, CurrentCaller caller, Quote quote, IdempotencyClaim? key) =>
        plan.ToOrder(id, caller.UserId, quote, key).By(caller, clock.GetUtcNow());

    /// <summary>Why work is not even begun.</summary>
    private Fault? Refusal(CurrentCaller caller, SpeechPlan plan) =>
        !caller.MayUse(plan.Offer.Model.Id) ? CurrentCaller.ModelNotAllowed(plan.Offer.Model.Id)
        : !files.HasRoom ? StorageFull
        : null;

    private async Task<Outcome<SpeechResult>> EndedAsync(Guid userId, GenerationView view, Guid assetId, CancellationToken ct) => view.Status switch
    {
        GenerationStatus.Succeeded => (await library.FindAsync(userId, assetId, AudioKind, ct)).Select(row => new SpeechResult(view.Id, row)),
        GenerationStatus.Failed or GenerationStatus.Canceled =>
            FaultOf(view.Error),
        _ => new SpeechResult(view.Id, null),
    };

    /// <summary>The fault the work ended with; its sentence is already in the caller's language.</summary>
    public static Fault FaultOf(GenerationError? error)
    {
        if (error is null || !FaultCodes.All.TryGetValue(error.Code, out var code))
        {
            return new Fault(FaultCodes.GenerationFailed);
        }

        var sentence = error.Message.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);
        return new Fault(code with { En = sentence, Zh = sentence });
    }
}
