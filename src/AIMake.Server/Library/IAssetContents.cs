using AIMake.Platform.Database;

namespace AIMake.Library;

/// <summary>What a product keeps beside the library's rows; implemented by the product, so that the arrow points one way.</summary>
internal interface IAssetContents
{
    /// <summary>Kind of the assets it is about.</summary>
    string Kind { get; }

    /// <summary>The assets are being removed for good, in this transaction.</summary>
    Task ForgetAsync(DbSession session, Guid userId, Guid[] ids, CancellationToken ct);
}
