using System.Text.Json;
using AIMake.Gateway.Bodies;
using AIMake.Gateway.Tokens;
using AIMake.Providers.OpenAi;

namespace AIMake.Gateway.Forwarding;

/// <summary><c>POST /v1/responses</c>: streams end with one event that carries the whole response, its usage included; no <c>[DONE]</c>.</summary>
internal sealed class ResponsesApi : ForwardedApi
{
    public override string Path => "responses";

    public override string Kind => "chat";

    public override BodyRules Rules => BodyRules.Responses;

    public override ReportedUsage? ReadUsage(ReadOnlySpan<byte> answer) => UsageJson.Find(answer);

    public override StreamReading ReadStream(bool hideUsage) => new Reading();

    private sealed class Reading : StreamReading
    {
        private TokenEstimator _tokens;

        public override ReadOnlyMemory<byte> Read(in SseEvent happened)
        {
            if (happened.IsError)
            {
                throw new UpstreamEventException();
            }

            if (happened.IsDone) // compatible servers send one all the same
            {
                Finished = true;
                return happened.Raw;
            }

            Scan(happened.Data.Span);
            Delivered = _tokens.Tokens;
            return happened.Raw;
        }

        private void Scan(ReadOnlySpan<byte> json)
        {
            var (delta, terminal) = (false, false);
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
            {
                throw new JsonException();
            }

            // "type" comes first on the wire, but nothing promises it: look for it, then read the rest.
            var first = reader;
            while (first.Read() && first.TokenType is JsonTokenType.PropertyName)
            {
                var isType = first.ValueTextEquals("type"u8);
                first.Read();
                if (!isType)
                {
                    first.Skip();
                    continue;
                }

                delta = first.ValueSpan.EndsWith(".delta"u8);
                terminal = first.ValueTextEquals("response.completed"u8) || first.ValueTextEquals("response.incomplete"u8) || first.ValueTextEquals("response.failed"u8);
                if (first.ValueTextEquals("error"u8))
                {
                    throw new UpstreamEventException();
                }
            }

            while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
            {
                var isDelta = delta && reader.ValueTextEquals("delta"u8);
                var isResponse = terminal && reader.ValueTextEquals("response"u8);
                reader.Read();
                if (isDelta && reader.TokenType is JsonTokenType.String)
                {
                    UsageJson.Count(ref reader, ref _tokens);
                }
                else if (isResponse)
                {
                    Usage = Response(ref reader) ?? Usage;
                }
                else
                {
                    reader.Skip();
                }
            }

            Finished |= terminal;
        }

        private static ReportedUsage? Response(ref Utf8JsonReader reader)
        {
            if (reader.TokenType is not JsonTokenType.StartObject)
            {
                return null;
            }

            ReportedUsage? usage = null;
            while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
            {
                var isUsage = reader.ValueTextEquals("usage"u8);
                reader.Read();
                if (isUsage)
                {
                    usage = UsageJson.Read(ref reader);
                }
                else
                {
                    reader.Skip();
                }
            }

            return usage;
        }
    }
}
