using AIMake.Gateway.Bodies;
using AIMake.Gateway.Translation;
using AIMake.Providers.OpenAi;
using AIMake.Providers.Routing;

namespace AIMake.Gateway.Forwarding;

/// <summary><c>POST /v1/embeddings</c>: read only, never streamed.</summary>
internal sealed class EmbeddingsApi : ForwardedApi
{
    public override string Path => "embeddings";

    public override string Kind => "embedding";

    public override BodyRules Rules => BodyRules.Embeddings;

    public override bool Writes => false;

    public override ReportedUsage? ReadUsage(ReadOnlySpan<byte> answer) => UsageJson.Find(answer);

    public override Task<UpstreamAnswer> TranslateAsync(GatewayCall call, ProviderLease lease, TimeProvider time, CancellationToken ct) =>
        TranslatedEmbeddings.AskAsync(call, lease, lease.Vendor.Embeddings(lease.Endpoint) ?? throw NoSeam(), ct);

    public override StreamReading ReadStream(bool hideUsage) => throw new NotSupportedException("Embeddings are not streamed.");
}
