namespace AIMake.Providers;

/// <summary>One way of making pictures. Vendors that work by tasks are waited for inside the adapter, within the call's limits.</summary>
internal interface IImageProvider
{
    /// <summary>Failures are <see cref="ProviderException"/>; a refused prompt is <see cref="ProviderFaultKind.Rejected"/>.</summary>
    Task<ImageAnswer> GenerateAsync(ImageRequest request, CancellationToken ct);
}

/// <param name="Model">The vendor's model id.</param>
/// <param name="Count">Pictures wanted, at least one.</param>
/// <param name="Size">E.g. <c>1024x1024</c>, or a ratio such as <c>1920:1080</c> where the vendor speaks so; null lets the vendor choose.</param>
/// <param name="Format"><c>png</c>, <c>jpeg</c> or <c>webp</c>; null lets the vendor choose.</param>
/// <param name="Sources">Pictures to edit or refer to; none to begin from nothing.</param>
/// <param name="Mask">A PNG whose transparent parts of the first source are to change.</param>
internal sealed record ImageRequest(
    string Model, string Prompt, int Count = 1, string? Size = null, string? Quality = null, string? Format = null,
    string? Background = null, IReadOnlyList<MediaInput>? Sources = null, MediaInput? Mask = null);

/// <summary>A picture or sound that goes along with a request.</summary>
internal sealed record MediaInput(ReadOnlyMemory<byte> Bytes, string MimeType, string FileName);

/// <param name="Images">Bytes, not addresses: what a vendor only links to has been fetched.</param>
internal sealed record ImageAnswer(IReadOnlyList<MediaOutput> Images, ProviderUsage Usage, string? RevisedPrompt = null);

/// <summary>Something made: its bytes and what they are by their content.</summary>
internal sealed record MediaOutput(ReadOnlyMemory<byte> Bytes, string MimeType);
