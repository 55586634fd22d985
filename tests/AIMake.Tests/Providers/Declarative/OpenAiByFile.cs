namespace AIMake.Tests.Providers.Declarative;

/// <summary>OpenAI's API, described. Whatever the written adapter promises, the described one must keep.</summary>
internal static class OpenAiByFile
{
    public const string Name = "by-file";

    /// <param name="host">Of the simulator.</param>
    public static string At(string host) => $$$"""
        {
          "baseUrl": "http://{{{host}}}/v1",
          "auth": { "type": "bearer" },
          "errors": [{ "at": "error.code", "is": "insufficient_quota", "kind": "quotaExhausted" }],
          "speech": {
            "request": { "path": "/audio/speech", "body": { "model": "{{model}}", "input": "{{text}}", "voice": "{{voice}}", "speed": "{{speed}}", "response_format": "pcm" } },
            "answer": { "format": "pcm", "sampleRate": 24000 },
            "maximumCharacters": 4096
          },
          "chat": {
            "request": {
              "path": "/chat/completions",
              "body": {
                "model": "{{model}}", "messages": "{{messages}}", "max_completion_tokens": "{{maxOutputTokens}}",
                "stream": true, "stream_options": { "include_usage": true }, "...": "{{options}}"
              }
            },
            "stream": { "format": "events", "end": "[DONE]", "error": "error" },
            "answer": { "text": "choices.0.delta.content", "finish": "choices.0.finish_reason", "toolCalls": "choices.0.delta.tool_calls" },
            "usage": { "inputTokens": "usage.prompt_tokens", "outputTokens": "usage.completion_tokens", "cachedTokens": "usage.prompt_tokens_details.cached_tokens" }
          },
          "embedding": {
            "request": { "path": "/embeddings", "body": { "model": "{{model}}", "input": "{{inputs}}", "dimensions": "{{dimensions}}" } },
            "answer": { "vectors": "data.*.embedding" },
            "usage": { "inputTokens": "usage.prompt_tokens" }
          },
          "image": {
            "request": { "path": "/images/generations", "body": { "model": "{{model}}", "prompt": "{{prompt}}", "n": "{{count}}", "size": "{{size}}" } },
            "answer": { "data": "data.*.b64_json" }
          },
          "transcription": {
            "request": { "path": "/audio/transcriptions", "form": { "file": "{{file}}", "model": "{{model}}", "language": "{{language}}", "response_format": "verbose_json" } },
            "answer": { "text": "text", "language": "language", "segments": { "list": "segments.*", "start": "start", "end": "end", "text": "text" } },
            "usage": { "seconds": "duration" }
          }
        }
        """;
}
