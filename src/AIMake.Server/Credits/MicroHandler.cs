using System.Data;
using System.Globalization;
using System.Runtime.CompilerServices;
using Dapper;

namespace AIMake.Credits;

/// <summary>Rows: bigint ↔ micro-credits.</summary>
internal sealed class MicroHandler : SqlMapper.TypeHandler<Micro>
{
    [ModuleInitializer]
    internal static void Register() => SqlMapper.AddTypeHandler(new MicroHandler());

    public override Micro Parse(object value) => new(Convert.ToInt64(value, CultureInfo.InvariantCulture));

    public override void SetValue(IDbDataParameter parameter, Micro value)
    {
        parameter.Value = value.Value;
        parameter.DbType = DbType.Int64;
    }
}
