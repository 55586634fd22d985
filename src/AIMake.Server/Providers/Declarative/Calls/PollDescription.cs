using System.Text.Json;

namespace AIMake.Providers.Declarative.Calls;

/// <summary>How a task is followed from its id to its end.</summary>
/// <param name="Task">Where its id stands in the answer to the first request.</param>
/// <param name="Request">Asks how it stands; knows <c>{{task}}</c>.</param>
/// <param name="State">Where the state stands.</param>
/// <param name="States">The vendor's words and what they mean; a word not listed means that it is still running.</param>
/// <param name="Progress">Where progress stands, 0 to <paramref name="ProgressOf"/>.</param>
/// <param name="Result">A further request for the result of a task that succeeded; null: the last answer has it.</param>
/// <param name="Every">How soon to ask again, at first.</param>
/// <param name="AtMost">The longest pause between two questions.</param>
/// <param name="Within">How long an adapter that waits by itself waits.</param>
internal sealed record PollDescription(
    ValuePath Task, RequestTemplate Request, ValuePath State, IReadOnlyDictionary<string, VideoTaskState> States,
    ValuePath? Progress, decimal ProgressOf, RequestTemplate? Result, TimeSpan Every, TimeSpan AtMost, TimeSpan Within)
{
    private const int LongestId = 512;

    /// <exception cref="ProviderException">There is none: the task may have begun all the same.</exception>
    public string TaskId(JsonElement answer) =>
        Task.Word(answer) is { } id && IsId(id) ? id : throw ProviderFaults.Invalid("no task id in the answer");

    /// <summary>Whether a word can be a task's id: one piece of an address, and not a way up.</summary>
    public static bool IsId(string id) =>
        id.Length is > 0 and <= LongestId && id[0] != '.' && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '=' or '~' or '+' or '@');

    public VideoTaskState StateOf(JsonElement answer) =>
        State.Word(answer) is { } word && States.TryGetValue(word, out var state) ? state : VideoTaskState.Running;

    /// <returns>0 to 1.</returns>
    public double ProgressIn(JsonElement answer) =>
        Progress?.Number(answer) is { } number ? (double)Math.Clamp(number / ProgressOf, 0, 1) : 0;
}
