using System.Text.Json;
using AIMake.Gateway.Bodies;
using AIMake.Gateway.Tokens;
using AIMake.Gateway.Translation;
using AIMake.Providers.OpenAi;
using AIMake.Providers.Routing;

namespace AIMake.Gateway.Forwarding;

/// <summary><c>POST /v1/chat/completions</c>.</summary>
internal sealed class ChatApi : ForwardedApi
{
    public override string Path => "chat/completions";

    public override string Kind => "chat";

    public override BodyRules Rules => BodyRules.Chat;

    public override bool MustAskUsage => true;

    public override ReportedUsage? ReadUsage(ReadOnlySpan<byte> answer) => UsageJson.Find(answer);

    public override StreamReading ReadStream(bool hideUsage) => new Reading(hideUsage);

    public override Task<UpstreamAnswer> TranslateAsync(GatewayCall call, ProviderLease lease, TimeProvider time, CancellationToken ct) =>
        TranslatedChat.AskAsync(call, lease, lease.Vendor.Chat(lease.Endpoint) ?? throw NoSeam(), time, ct);

    private sealed class Reading(bool hideUsage) : StreamReading
    {
        private TokenEstimator _tokens;

        public override ReadOnlyMemory<byte> Read(in SseEvent happened)
        {
            if (happened.IsDone)
            {
                Finished = true;
                return happened.Raw;
            }

            if (happened.IsError)
            {
                throw new UpstreamEventException();
            }

            var chunk = Scan(happened.Data.Span);
            Delivered = _tokens.Tokens;
            Usage = chunk.Usage ?? Usage;
            return !hideUsage || chunk.UsageMember.End.Value == 0 ? happened.Raw
                : chunk is { Choices: false, Usage: not null } ? default
                : WithoutMember(happened.Data.Span, chunk.UsageMember);
        }

        private (bool Choices, ReportedUsage? Usage, Range UsageMember) Scan(ReadOnlySpan<byte> json)
        {
            var (choices, usage, member) = (false, (ReportedUsage?)null, default(Range));
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
            {
                throw new JsonException();
            }

            while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
            {
                var start = (int)reader.TokenStartIndex;
                if (reader.ValueTextEquals("choices"u8))
                {
                    reader.Read();
                    choices = Choices(ref reader);
                }
                else if (reader.ValueTextEquals("usage"u8))
                {
                    reader.Read();
                    usage = UsageJson.Read(ref reader);
                    member = start..(int)reader.BytesConsumed;
                }
                else if (reader.ValueTextEquals("error"u8))
                {
                    reader.Read();
                    if (reader.TokenType is not JsonTokenType.Null)
                    {
                        throw new UpstreamEventException();
                    }
                }
                else
                {
                    reader.Skip();
                }
            }

            return (choices, usage, member);
        }

        /// <summary>Counts every word the deltas carry: content, refusals, reasoning, arguments of tools.</summary>
        /// <returns>Whether there is any choice.</returns>
        private bool Choices(ref Utf8JsonReader reader)
        {
            if (reader.TokenType is not JsonTokenType.StartArray)
            {
                return false;
            }

            var (any, depth) = (false, reader.CurrentDepth);
            while (reader.Read() && reader.CurrentDepth > depth)
            {
                if (reader.TokenType is not JsonTokenType.PropertyName)
                {
                    any |= reader.TokenType is JsonTokenType.StartObject;
                    continue;
                }

                var ends = reader.ValueTextEquals("finish_reason"u8);
                var words = UsageJson.IsWords(ref reader);
                reader.Read();
                if (ends && reader.TokenType is JsonTokenType.String)
                {
                    Finished = true;
                }
                else if (words && reader.TokenType is JsonTokenType.String)
                {
                    UsageJson.Count(ref reader, ref _tokens);
                }
            }

            return any;
        }
    }

    /// <summary>The event again without one member of its object, and without the comma that went with it.</summary>
    private static ReadOnlyMemory<byte> WithoutMember(ReadOnlySpan<byte> json, Range member)
    {
        var before = json[..member.Start].TrimEnd(" \t\r\n"u8);
        var after = json[member.End..];
        if (before.EndsWith(","u8))
        {
            before = before[..^1];
        }
        else
        {
            after = after.TrimStart(" \t\r\n"u8);
            after = after.StartsWith(","u8) ? after[1..] : after;
        }

        var again = new byte[before.Length + after.Length + 8];
        "data: "u8.CopyTo(again);
        before.CopyTo(again.AsSpan(6));
        after.CopyTo(again.AsSpan(6 + before.Length));
        "\n\n"u8.CopyTo(again.AsSpan(again.Length - 2));
        return again;
    }
}
