namespace AIMake.Platform.Http;

/// <summary>What every route under <c>/api</c> answers when it worked.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Data">The answer.</param>
/// <param name="Message">A sentence for people; often empty.</param>
/// <param name="Errors">Always null.</param>
public sealed record Envelope<T>(bool Success, T Data, string Message, object? Errors = null);

/// <summary>What every route under <c>/api</c> answers when it did not.</summary>
/// <param name="Success">Always false.</param>
/// <param name="Data">Always null.</param>
/// <param name="Message">The first error's sentence, in the language of <c>Accept-Language</c> (zh-CN or en).</param>
/// <param name="Errors">Every fault found, most important first.</param>
/// <param name="RequestId">Quote it when reporting a problem; also in <c>X-Request-Id</c>.</param>
public sealed record ErrorEnvelope(bool Success, object? Data, string Message, IReadOnlyList<ErrorItem> Errors, string RequestId);

/// <summary>One fault: a code for programs, a sentence for people, the request member it is about.</summary>
/// <param name="Code">UPPER_SNAKE.</param>
/// <param name="Message">Sentence.</param>
/// <param name="Field">JSON name of the member at fault, or null.</param>
public sealed record ErrorItem(string Code, string Message, string? Field);

/// <summary>One page of a list.</summary>
/// <param name="Items">At most <c>limit</c> rows.</param>
/// <param name="NextCursor">Pass it back as <c>cursor</c> for the next page; null on the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);
