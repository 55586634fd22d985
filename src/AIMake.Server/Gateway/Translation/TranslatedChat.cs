using System.Buffers;
using System.Text;
using AIMake.Gateway.Calls;
using AIMake.Gateway.Forwarding;
using AIMake.Gateway.Tokens;
using AIMake.Platform.Faults;
using AIMake.Providers;
using AIMake.Providers.Routing;

namespace AIMake.Gateway.Translation;

/// <summary>A seam's answer in OpenAI's shape, whole or as a stream.</summary>
/// <param name="most">
/// Tokens after which we end the answer ourselves, because the vendor cannot be told the client's limit; null where it was told.
/// </param>
internal sealed class TranslatedChat(BegunChat begun, ChatWriter writer, int? most) : UpstreamAnswer
{
    public static async Task<UpstreamAnswer> AskAsync(GatewayCall call, ProviderLease lease, IChatProvider chat, TimeProvider time, CancellationToken ct)
    {
        if (!new ChatTranslation(call.Model, chat.Reach).Translate(call.Body, lease.Route.Model).TryGet(out var request, out var fault))
        {
            throw new FaultException(fault); // out of the router's hands: the provider has nothing to do with it
        }

        var writer = new ChatWriter($"chatcmpl-{Guid.NewGuid():N}", call.Model.Id, time.GetUtcNow());
        return new TranslatedChat(await BegunChat.OpenAsync(chat, request, ct), writer, chat.Reach.Limit ? null : call.Body.MaxOutputTokens);
    }

    public override async Task<WholeAnswer> ReadAsync(GatewayCall call, ProviderLease lease, CancellationToken ct)
    {
        var (turn, text) = (new Turn(begun, call.Metering, most), new StringBuilder());
        try
        {
            while (await turn.NextAsync(ct) is { } delta)
            {
                text.Append(delta.Text);
            }
        }
        catch (ProviderException e)
        {
            throw UpstreamCalls.Blame(lease, e);
        }

        if (turn.Finish is not { } finish)
        {
            throw UpstreamCalls.Blame(lease, ProviderFaults.Invalid("an answer without an end"));
        }

        return new WholeAnswer(writer.Whole(text.ToString(), turn.Calls, finish, turn.Used), turn.Usage, turn.Delivered);
    }

    public override AnswerStream Stream(GatewayCall call) => new Events(new Turn(begun, call.Metering, most), writer, call.Body.WantsUsage);

    public override void Dispose() => begun.Dispose();

    /// <summary>Follows the deltas: counts what they say, puts calls of tools together, learns usage and end.</summary>
    private sealed class Turn(BegunChat begun, Metering metering, int? most)
    {
        private TokenEstimator _tokens;
        private ProviderUsage? _reported;

        public ToolCallList Calls { get; } = new();

        /// <summary>What the last delta added to the calls of tools.</summary>
        public IReadOnlyList<ToolCallPiece> Pieces { get; private set; } = [];

        public long Delivered => _tokens.Tokens;

        /// <summary>Why the answer has ended; null until it has.</summary>
        public string? Finish { get; private set; }

        /// <summary>What the vendor said, a figure it left out being ours; null when it said nothing.</summary>
        public ReportedUsage? Usage => _reported is { Source: UsageSource.Provider } said
            ? new(said.InputTokens > 0 ? said.InputTokens : metering.Input, said.CachedTokens, said.OutputTokens > 0 ? said.OutputTokens : Delivered, said.CostMicroUsd)
            : null;

        /// <summary>What is charged, and told to the client.</summary>
        public ProviderUsage Used => metering.Judge(Usage, Delivered, out _);

        /// <summary>The next delta; null when there is none, or the client's limit is reached.</summary>
        public async ValueTask<ChatDelta?> NextAsync(CancellationToken ct)
        {
            if (Finish is not null || await begun.NextAsync(ct) is not { } delta)
            {
                return null;
            }

            Pieces = Calls.Add(delta.ToolCalls);
            Count(delta.Text);
            foreach (var piece in Pieces)
            {
                Count(piece.Name ?? "");
                Count(piece.Arguments);
            }

            _reported = delta.Usage ?? _reported;
            Finish = delta.FinishReason is "stop" && !Calls.IsEmpty ? "tool_calls" : delta.FinishReason;
            if (Finish is null && Delivered >= most)
            {
                Finish = "length";
            }

            return delta;
        }

        private void Count(string text)
        {
            if (text.Length > 0)
            {
                _tokens.Add(Encoding.UTF8.GetBytes(text));
            }
        }
    }

    private sealed class Events(Turn turn, ChatWriter writer, bool wantsUsage) : AnswerStream
    {
        private readonly ArrayBufferWriter<byte> _buffer = new(512);

        public override long Delivered => turn.Delivered;

        public override ReportedUsage? Usage => turn.Usage;

        public override bool Finished => turn.Finish is not null;

        public override async ValueTask<AnswerEvent?> NextAsync(CancellationToken ct)
        {
            if (Finished)
            {
                return new AnswerEvent(default, IsDone: true);
            }

            if (await turn.NextAsync(ct) is not { } delta)
            {
                return null;
            }

            _buffer.ResetWrittenCount();
            writer.Chunk(_buffer, delta.Text, turn.Pieces, turn.Finish, wantsUsage);
            if (Finished && wantsUsage)
            {
                writer.Usage(_buffer, turn.Used);
            }

            return new AnswerEvent(_buffer.WrittenMemory, IsDone: false);
        }
    }
}
