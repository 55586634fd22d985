using System.Buffers;
using System.Text.Json;
using AIMake.Gateway.Forwarding;
using AIMake.Gateway.Tokens;
using AIMake.Platform.Faults;

namespace AIMake.Gateway.Bodies;

/// <summary>
/// The body of a JSON request under <c>/v1</c>, read once: what the gateway must know, and where it stands, so that the rest is
/// forwarded byte for byte. Members nobody here knows are the upstream's business.
/// </summary>
internal sealed class GatewayBody
{
    private const int MaxDepth = 64;
    private const int TokensPerMessage = 4;

    /// <summary>A file has a page, and that is shown to the model.</summary>
    private const int TokensPerFile = 1_105;

    /// <summary>Characters of an encoded file that may hold a token.</summary>
    private const int FileDensity = 4;

    private readonly ReadOnlyMemory<byte> _bytes;
    private Range _model;
    private Range _streamOptions;
    private Range _includeUsage;
    private int _firstMember;

    private GatewayBody(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    /// <summary>The model asked for.</summary>
    public string Model { get; private set; } = "";

    public bool Stream { get; private set; }

    /// <summary>Whether the client asked for usage in a stream of chat.</summary>
    public bool WantsUsage { get; private set; }

    /// <summary>The limit on the answer the client set, by whichever name; null when it set none.</summary>
    public int? MaxOutputTokens { get; private set; }

    /// <summary>Answers or pictures wanted, 1 when not said.</summary>
    public int Count { get; private set; } = 1;

    /// <summary>Our count of the words the model will read.</summary>
    public long TextTokens { get; private set; }

    /// <summary>The most one text of the prompt has, where each stands alone (<see cref="BodyRules.PromptIsSeparate"/>); otherwise 0.</summary>
    public long LongestTextTokens { get; private set; }

    /// <summary>A guess, and a high one, at what files and sound in the body come to.</summary>
    public long FileTokens { get; private set; }

    /// <summary>Pictures in the prompt; what one of them takes is a matter of the model.</summary>
    public int Pictures { get; private set; }

    /// <summary>The first member there is of those the model reads, as refusals of its length name it.</summary>
    public string? PromptMember { get; private set; }

    /// <summary>Other members worth knowing, as text: <c>voice</c>, <c>input</c>, <c>size</c>, <c>quality</c> … Only strings.</summary>
    public IReadOnlyDictionary<string, string> Texts { get; private set; } = new Dictionary<string, string>();

    /// <summary>
    /// The first member that names what is kept at the provider under its key, which is everybody's here, or what no price covers: null
    /// when there is none. Who pays the provider with a key of their own may use it.
    /// </summary>
    public string? Beyond { get; private set; }

    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Reads a body. Faults name the member, as OpenAI's <c>param</c> does.</summary>
    public static Outcome<GatewayBody> Read(ReadOnlyMemory<byte> bytes, BodyRules rules)
    {
        var body = new GatewayBody(bytes);
        try
        {
            return body.Scan(rules) is { } fault ? fault : body;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new Fault(FaultCodes.MalformedJson);
        }
    }

    /// <summary>The body as the upstream gets it: its own name of the model, and usage asked for in streams of chat.</summary>
    public ReadOnlyMemory<byte> For(string upstreamModel, bool askUsage)
    {
        var edits = new List<(int Start, int End, byte[] New)>();
        if (upstreamModel != Model)
        {
            edits.Add((_model.Start.Value, _model.End.Value, JsonSerializer.SerializeToUtf8Bytes(upstreamModel)));
        }

        if (askUsage && !WantsUsage)
        {
            edits.Add(AskUsage());
        }

        if (edits.Count == 0)
        {
            return _bytes;
        }

        var buffer = new ArrayBufferWriter<byte>(_bytes.Length + 128);
        var at = 0;
        foreach (var (start, end, text) in edits.OrderBy(e => e.Start))
        {
            buffer.Write(_bytes.Span[at..start]);
            buffer.Write(text);
            at = end;
        }

        buffer.Write(_bytes.Span[at..]);
        return buffer.WrittenMemory;
    }

    /// <summary>The same as the content of a request.</summary>
    public HttpContent ToContent(string upstreamModel, bool askUsage) =>
        new ReadOnlyMemoryContent(For(upstreamModel, askUsage)) { Headers = { ContentType = new("application/json") } };

    private (int, int, byte[]) AskUsage()
    {
        if (_includeUsage.End.Value > 0)
        {
            return (_includeUsage.Start.Value, _includeUsage.End.Value, "true"u8.ToArray());
        }

        if (_streamOptions.End.Value == 0)
        {
            return (_firstMember, _firstMember, "\"stream_options\":{\"include_usage\":true},"u8.ToArray());
        }

        // Either null, or an object without the member.
        return _bytes.Span[_streamOptions.Start.Value] == (byte)'{'
            ? _bytes.Span[(_streamOptions.Start.Value + 1).._streamOptions.End.Value].TrimStart(" \t\r\n"u8)[0] == (byte)'}'
                ? (_streamOptions.Start.Value, _streamOptions.End.Value, "{\"include_usage\":true}"u8.ToArray())
                : (_streamOptions.Start.Value + 1, _streamOptions.Start.Value + 1, "\"include_usage\":true,"u8.ToArray())
            : (_streamOptions.Start.Value, _streamOptions.End.Value, "{\"include_usage\":true}"u8.ToArray());
    }

    private Fault? Scan(BodyRules rules)
    {
        var reader = new Utf8JsonReader(_bytes.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return Fault.Invalid(Said.NotAnObject);
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var tokens = default(TokenEstimator);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (seen.Count == 0)
            {
                _firstMember = (int)reader.TokenStartIndex;
            }

            if (!seen.Add(name))
            {
                return new Fault(FaultCodes.DuplicateField, name) { Field = name };
            }

            if (BodyRules.Forbidden.Contains(name))
            {
                return new Fault(FaultCodes.UnknownField, name) { Field = name };
            }

            reader.Read();
            Beyond ??= IsBeyond(name, reader) ? name : null;
            if (Member(ref reader, name, rules, ref tokens, texts) is { } fault)
            {
                return fault;
            }
        }

        if (reader.Read())
        {
            return new Fault(FaultCodes.MalformedJson);
        }

        foreach (var needed in rules.Required)
        {
            if (!seen.Contains(needed))
            {
                return new Fault(FaultCodes.FieldRequired, needed) { Field = needed };
            }
        }

        (TextTokens, Texts) = (tokens.Tokens, texts);
        return null;
    }

    private Fault? Member(ref Utf8JsonReader reader, string name, BodyRules rules, ref TokenEstimator tokens, Dictionary<string, string> texts)
    {
        switch (name)
        {
            case "model":
                if (reader.TokenType != JsonTokenType.String)
                {
                    return Invalid(name, new Said("a string", "字符串"));
                }

                _model = Value(ref reader);
                Model = reader.GetString()!;
                return null;
            case "stream":
                if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null))
                {
                    return Invalid(name, new Said("true or false", " true 或 false"));
                }

                Stream = reader.TokenType is JsonTokenType.True;
                return null;
            case "stream_options":
                return StreamOptions(ref reader);
            case "max_tokens" or "max_completion_tokens" or "max_output_tokens":
                if (reader.TokenType is JsonTokenType.Null)
                {
                    return null;
                }

                if (Whole(ref reader, 1, rules.MostOutputTokens) is not { } most)
                {
                    return OutOfRange(name, 1, rules.MostOutputTokens);
                }

                MaxOutputTokens = Math.Max(most, MaxOutputTokens ?? 0);
                return null;
            case "n":
                if (reader.TokenType is JsonTokenType.Null)
                {
                    return null;
                }

                if (Whole(ref reader, 1, rules.MostAnswers) is not { } count)
                {
                    return OutOfRange(name, 1, rules.MostAnswers);
                }

                Count = count;
                return null;
        }

        if (rules.Prompt.Contains(name))
        {
            if (reader.TokenType is JsonTokenType.Null)
            {
                return Invalid(name, new Said("a value", "非空值"));
            }

            if (rules.PromptMustBeList && reader.TokenType is not JsonTokenType.StartArray)
            {
                return Invalid(name, new Said("a list", "列表"));
            }

            if (reader.TokenType is JsonTokenType.String && rules.Texts.Contains(name))
            {
                texts[name] = reader.GetString()!;
            }

            PromptMember ??= name;
            if (rules.PromptIsSeparate)
            {
                CountEach(ref reader, ref tokens);
            }
            else
            {
                CountTokens(ref reader, ref tokens);
            }

            return null;
        }

        if (rules.Texts.Contains(name) && reader.TokenType is JsonTokenType.String)
        {
            texts[name] = reader.GetString()!;
            return null;
        }

        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            reader.Skip();
        }

        return null;
    }

    private Fault? StreamOptions(ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        if (reader.TokenType is JsonTokenType.Null)
        {
            _streamOptions = start..(int)reader.BytesConsumed;
            return null;
        }

        if (reader.TokenType is not JsonTokenType.StartObject)
        {
            return Invalid("stream_options", new Said("an object", "对象"));
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isUsage = reader.ValueTextEquals("include_usage"u8);
            reader.Read();
            if (isUsage)
            {
                _includeUsage = Value(ref reader);
                WantsUsage = reader.TokenType is JsonTokenType.True;
            }
            else
            {
                reader.Skip();
            }
        }

        _streamOptions = start..(int)reader.BytesConsumed;
        return null;
    }

    private static bool IsBeyond(string name, Utf8JsonReader reader) => name switch
    {
        "previous_response_id" or "conversation" => reader.TokenType is not JsonTokenType.Null,
        "prompt" => reader.TokenType is JsonTokenType.StartObject, // a template
        "background" => reader.TokenType is JsonTokenType.True, // nobody would be there to count
        "web_search_options" or "audio" => reader.TokenType is not JsonTokenType.Null, // searches are billed by the call, sound by tokens of its own
        "modalities" => reader.TokenType is not JsonTokenType.Null && !IsText(ref reader),
        "service_tier" => reader.TokenType is JsonTokenType.String && reader.ValueTextEquals("priority"u8),
        "tools" => reader.TokenType is JsonTokenType.StartArray && HasHostedTool(ref reader),
        _ => false,
    };

    /// <summary>Whether a list asks for text and nothing else.</summary>
    private static bool IsText(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not JsonTokenType.StartArray)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            if (reader.TokenType is not JsonTokenType.String || !reader.ValueTextEquals("text"u8))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a tool is run by the provider, which bills it by the call.</summary>
    private static bool HasHostedTool(ref Utf8JsonReader reader)
    {
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.CurrentDepth == depth + 2 && reader.TokenType is JsonTokenType.PropertyName && reader.ValueTextEquals("type"u8)
                && reader.Read() && reader.TokenType is JsonTokenType.String && !reader.ValueTextEquals("function"u8) && !reader.ValueTextEquals("custom"u8))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Walks a value and counts what a model would read of it.</summary>
    private void CountTokens(ref Utf8JsonReader reader, ref TokenEstimator tokens)
    {
        var depth = reader.CurrentDepth;
        var (link, type, data, kept) = (false, false, false, (string?)null);
        do
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    tokens.Add(TokensPerMessage);
                    break;
                case JsonTokenType.Number: // token ids, as embeddings take them
                    tokens.Add(1);
                    break;
                case JsonTokenType.PropertyName:
                    (link, type, kept) = (reader.ValueTextEquals("url"u8) || reader.ValueTextEquals("image_url"u8), reader.ValueTextEquals("type"u8), Kept(reader));
                    data = reader.ValueTextEquals("data"u8) || reader.ValueTextEquals("file_data"u8);
                    continue;
                case JsonTokenType.String when kept is not null || (type && reader.ValueTextEquals("item_reference"u8)):
                    Beyond ??= kept ?? "item_reference";
                    break;
                case JsonTokenType.String:
                    Text(ref reader, ref tokens, link, data);
                    break;
            }

            (link, type, data, kept) = (false, false, false, null);
        }
        while (!(reader.CurrentDepth == depth && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) && reader.Read());
    }

    /// <summary>Counts texts that are read one by one: a text, a list of them, a text in tokens (a list of numbers) or a list of those.</summary>
    private void CountEach(ref Utf8JsonReader reader, ref TokenEstimator tokens)
    {
        if (reader.TokenType is not JsonTokenType.StartArray)
        {
            CountOne(ref reader, ref tokens);
            return;
        }

        var numbers = 0;
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            if (reader.TokenType is JsonTokenType.Number)
            {
                numbers++;
            }
            else
            {
                CountOne(ref reader, ref tokens);
            }
        }

        tokens.Add(numbers);
        LongestTextTokens = Math.Max(LongestTextTokens, numbers);
    }

    private void CountOne(ref Utf8JsonReader reader, ref TokenEstimator tokens)
    {
        var one = default(TokenEstimator);
        CountTokens(ref reader, ref one);
        tokens.Add(one.Tokens);
        LongestTextTokens = Math.Max(LongestTextTokens, one.Tokens);
    }

    /// <summary>Names of files that lie elsewhere, whose size nobody here knows.</summary>
    private static string? Kept(Utf8JsonReader reader) =>
        reader.ValueTextEquals("file_id"u8) ? "file_id" : reader.ValueTextEquals("file_url"u8) ? "file_url" : null;

    /// <param name="link">A picture may be meant, not its address.</param>
    /// <param name="data">A file or a sound may be meant.</param>
    private void Text(ref Utf8JsonReader reader, ref TokenEstimator tokens, bool link, bool data)
    {
        var text = reader.ValueSpan;
        if (text.StartsWith("data:image/"u8) || (link && text.StartsWith("http"u8)))
        {
            Pictures++;
            return;
        }

        if (text.StartsWith("data:"u8))
        {
            FileTokens += Math.Max(TokensPerFile, text.Length / FileDensity);
            return;
        }

        if (data)
        {
            var file = default(TokenEstimator);
            UsageJson.Count(ref reader, ref file);
            FileTokens += file.Tokens;
            return;
        }

        UsageJson.Count(ref reader, ref tokens);
    }

    private static int? Whole(ref Utf8JsonReader reader, int least, int most) =>
        reader.TokenType is JsonTokenType.Number && reader.TryGetInt32(out var value) && value >= least && value <= most ? value : null;

    private static Range Value(ref Utf8JsonReader reader) => (int)reader.TokenStartIndex..(int)reader.BytesConsumed;

    private static Fault Invalid(string name, Said wanted) => Fault.Invalid(name, new Said($"it must be {wanted.En}", $"必须是{wanted.Zh}"));

    private static Fault OutOfRange(string name, int least, int most) => new(FaultCodes.FieldOutOfRange, name, least, most) { Field = name };
}
