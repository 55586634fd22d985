using AIMake.Accounts;
using AIMake.Operations.Audit;
using AIMake.Operations.Health;
using AIMake.Operations.Members;
using AIMake.Operations.Models;
using AIMake.Operations.Pools;
using AIMake.Platform.Audit;
using AIMake.Platform.Http;
using AIMake.Platform.Redis;
using AIMake.Platform.Scheduling;
using AIMake.Platform.Settings;

namespace AIMake.Operations;

/// <summary>What an operator needs: health, description of the API, the catalog's prices, who did what.</summary>
internal static class OperationsModule
{
    public static void AddOperations(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Readiness>();
        builder.Services.AddSingleton<ProviderFiles>();
        builder.Services.AddSingleton<IReadinessCheck, DatabaseCheck>();
        builder.Services.AddSingleton<IReadinessCheck, StorageCheck>();
        builder.Services.AddSingleton<IReadinessCheck, QueueCheck>();
        builder.Services.AddSingleton<IReadinessCheck, ProvidersCheck>();
        builder.AddSettings<SimulationOptions>(SimulationOptions.Section);
        builder.Services.AddSingleton<DemoKey>();
        builder.Services.AddSingleton<AdminUsers>();
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddSingleton<IAuditLog, AuditLog>();
        builder.Services.AddSingleton<IUserDataOwner, AuditUserData>();
        builder.Services.AddSingleton<Accounts.Export.IUserDataExport, AuditExport>();
        builder.Services.AddSingleton<IRecurringJob, AuditAddressPurge>();
        if (builder.Services.Any(s => s.ServiceType == typeof(RedisClient)))
        {
            builder.Services.AddSingleton<IReadinessCheck, RedisCheck>();
        }

        builder.AddApiDescription();
    }

    public static void MapOperations(this WebApplication app)
    {
        app.MapHealth();
        app.MapApiDescription();
    }

    /// <summary>The routes a worker does not answer.</summary>
    public static void MapAdmin(this IEndpointRouteBuilder app)
    {
        app.MapAdminModels();
        app.MapAudit();
        app.MapAdminUsers();
    }
}
