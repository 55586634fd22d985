using AIMake.Catalog;
using AIMake.Credits;
using AIMake.Providers;

namespace AIMake.Gateway.Forwarding;

/// <summary>From what was counted and what was reported to what is charged.</summary>
/// <param name="Prices">Of the model asked for.</param>
/// <param name="Input">Our count of the prompt.</param>
/// <param name="MostOutput">Room set aside for the answer, in tokens.</param>
/// <param name="MostPictures">Tokens that pictures of the prompt may come to beyond what was counted for them.</param>
internal sealed record Metering(TokenPrices Prices, long Input, long MostOutput, long MostPictures = 0)
{
    /// <summary>Our count may be a little low, and the frame of a conversation is not in it.</summary>
    private const int FrameTokens = 64;

    /// <summary>The most the call may cost.</summary>
    public Micro Ceiling { get; } = Prices.For(Input + (Input / 4) + FrameTokens + MostPictures, 0, MostOutput);

    /// <summary>What has been delivered so far is worth.</summary>
    public Micro Worth(long delivered) => Prices.For(Input, 0, delivered);

    /// <summary>
    /// The vendor's report where it can be true, otherwise our count. It cannot when it is negative, when it says far more than
    /// was sent and asked for, or says nothing was written where words arrived.
    /// </summary>
    /// <param name="delivered">Our count of the answer.</param>
    /// <param name="absurd">True when there was a report and it was not believed.</param>
    public ProviderUsage Judge(ReportedUsage? reported, long delivered, out bool absurd)
    {
        absurd = reported is { } report && IsAbsurd(report, delivered);
        if (reported is { } said && !absurd)
        {
            return new ProviderUsage
            {
                InputTokens = said.Input, CachedTokens = Math.Clamp(said.Cached, 0, said.Input), OutputTokens = said.Output, CostMicroUsd = said.CostMicroUsd,
                Source = UsageSource.Provider,
            };
        }

        return new ProviderUsage { InputTokens = Input, OutputTokens = delivered, Source = absurd ? UsageSource.Estimated : UsageSource.Counted };
    }

    /// <summary>Whether a report cannot be true.</summary>
    public bool IsAbsurd(ReportedUsage said, long delivered) =>
        said.Input < 0 || said.Output < 0 || said.Input > (Input * 8) + MostPictures + 10_000 || said.Output > Math.Max(MostOutput, delivered) * 2
        || (said.Output == 0 && delivered > 16);

    public Micro Charge(ProviderUsage usage) => Micro.Min(Prices.For(usage.InputTokens, usage.CachedTokens, usage.OutputTokens), Ceiling);
}
