using System.Data;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AIMake.Platform.Http;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace AIMake.Platform.Database;

/// <summary>How rows become objects: snake_case columns, UTC instants, jsonb.</summary>
internal static class DapperSetup
{
    [ModuleInitializer]
    internal static void Run()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.AddTypeHandler(new InstantHandler());
        SqlMapper.AddTypeHandler(new JsonHandler());
    }

    /// <summary>timestamptz ↔ DateTimeOffset, always UTC.</summary>
    private sealed class InstantHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) => value switch
        {
            DateTime utc => new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc)),
            DateTimeOffset offset => offset,
            _ => throw new InvalidCastException($"Cannot read {value.GetType()} as an instant."),
        };

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) => parameter.Value = value.UtcDateTime;
    }

    /// <summary>jsonb ↔ JsonElement.</summary>
    private sealed class JsonHandler : SqlMapper.TypeHandler<JsonElement>
    {
        public override JsonElement Parse(object value) => JsonSerializer.Deserialize<JsonElement>((string)value, JsonFaults.Stored);

        public override void SetValue(IDbDataParameter parameter, JsonElement value)
        {
            parameter.Value = value.GetRawText();
            ((NpgsqlParameter)parameter).NpgsqlDbType = NpgsqlDbType.Jsonb;
        }
    }
}
