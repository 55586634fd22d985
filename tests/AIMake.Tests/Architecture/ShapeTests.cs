using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Runtime.CompilerServices;
using AIMake.Platform.Database;
using AIMake.Platform.Settings;
using AIMake.Tests.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Architecture;

/// <summary>Habits of the house that a compiler does not keep.</summary>
public sealed class ShapeTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly IReadOnlyList<Type> Types =
        [.. typeof(Statement).Assembly.GetTypes().Where(t => t.Namespace?.StartsWith("AIMake", StringComparison.Ordinal) == true && t.GetCustomAttribute<CompilerGeneratedAttribute>() is null && !t.Name.Contains('<', StringComparison.Ordinal))];

    [Fact]
    public void A_class_is_sealed_unless_something_derives_from_it()
    {
        var parents = Types.Select(t => t.BaseType).OfType<Type>().Select(t => t.IsGenericType ? t.GetGenericTypeDefinition() : t).ToHashSet();

        Assert.Equal([], Types.Where(t => t is { IsClass: true, IsSealed: false, IsAbstract: false } && !parents.Contains(t)).Select(t => t.FullName));
    }

    [Fact]
    public void What_is_public_stands_in_the_contract_or_is_a_value_of_it() =>
        // Services, stores and middleware are internal: what is public is what a client can see in a request or an answer.
        Assert.Equal([], Types.Where(t => t.IsPublic && t.IsClass && !t.IsAbstract && t.GetMethod("<Clone>$") is null && !InContract(t)).Select(t => t.FullName));

    [Fact]
    public void Settings_are_checked_where_they_have_a_range()
    {
        var numbers = new[] { typeof(int), typeof(long), typeof(double), typeof(TimeSpan) };
        var unchecked_ = server.Services.GetRequiredService<SettingsRegistry>().Types
            .SelectMany(t => t.GetProperties().Where(p => p.CanWrite && numbers.Contains(p.PropertyType)).Select(p => (Type: t, Property: p)))
            .Where(x => !x.Property.GetCustomAttributes<ValidationAttribute>().Any() && !typeof(IValidatableObject).IsAssignableFrom(x.Type))
            .Select(x => $"{x.Type.Name}.{x.Property.Name}");

        Assert.Equal([], unchecked_);
    }

    [Fact]
    public void Every_check_of_a_setting_names_the_cure()
    {
        var silent = server.Services.GetRequiredService<SettingsRegistry>().Types
            .SelectMany(t => t.GetProperties().SelectMany(p => p.GetCustomAttributes<ValidationAttribute>().Where(a => a.ErrorMessage is null).Select(a => $"{t.Name}.{p.Name}: {a.GetType().Name}")));

        Assert.Equal([], silent);
    }

    [Fact]
    public void Every_flat_name_that_a_module_reads_is_a_setting_of_it()
    {
        var sections = server.Services.GetRequiredService<SettingsRegistry>().Types
            .ToLookup(t => t.GetField("Section")?.GetValue(null) as string ?? "", StringComparer.Ordinal);
        var broken = FlatNames.All.Values
            .Select(key => key.Split(':'))
            .Where(path => sections.Contains(path[0]) && sections[path[0]].All(t => !Has(t, path.AsSpan(1))))
            .Select(path => string.Join(':', path));

        Assert.Equal([], broken);
    }

    [Fact]
    public void Every_flat_name_can_be_set()
    {
        var thrown = Record.Exception(() => AIMakeServer.Build([.. FlatNames.All.Values.Select(key => $"--{key}=x")]));

        Assert.DoesNotContain("is not a setting", thrown?.Message ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void Every_route_has_a_name_of_its_own_and_a_tag()
    {
        var routes = server.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(r => r.Metadata.GetMetadata<HttpMethodMetadata>() is not null)
            .ToArray();
        var described = routes.Where(r => r.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null).ToArray();

        Assert.Equal([], described.Where(r => r.Metadata.GetMetadata<IEndpointNameMetadata>() is null).Select(r => r.RoutePattern.RawText));
        Assert.Equal([], described.Where(r => r.Metadata.GetMetadata<Microsoft.AspNetCore.Http.Metadata.ITagsMetadata>() is null).Select(r => r.RoutePattern.RawText));
        Assert.Equal([], routes.GroupBy(r => r.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName).Where(g => g.Key is not null && g.Count() > 1).Select(g => g.Key));
        Assert.True(described.Length > 20, $"{described.Length} routes");
    }

    [Fact]
    public void Nothing_is_left_for_later_in_the_sources()
    {
        string[] marks = ["TO" + "DO", "FIX" + "ME", "HA" + "CK:", "NotImplemented" + "Exception"];

        Assert.Equal([], SourceFiles.Server.Where(f => marks.Any(m => File.ReadAllText(f).Contains(m, StringComparison.Ordinal))).Select(f => Path.GetRelativePath(SourceFiles.Root, f)));
    }

    [Fact]
    public void A_namespace_follows_its_folder()
    {
        var root = Path.Combine(SourceFiles.Root, "src", "AIMake.Server");
        var strays = SourceFiles.Server
            .Select(f => (File: f, Line: File.ReadLines(f).FirstOrDefault(l => l.StartsWith("namespace ", StringComparison.Ordinal))))
            .Where(x => x.Line is not null)
            .Where(x => !("AIMake." + Path.GetRelativePath(root, Path.GetDirectoryName(x.File)!).Replace('/', '.')).StartsWith(x.Line!["namespace ".Length..].TrimEnd(';'), StringComparison.Ordinal))
            .Select(x => $"{Path.GetRelativePath(root, x.File)}: {x.Line}");

        Assert.Equal([], strays);
    }

    /// <summary>Bound from a request, or an answer's own type.</summary>
    private static bool InContract(Type type) =>
        type.Name.EndsWith("Request", StringComparison.Ordinal) || type.Name.EndsWith("Parameters", StringComparison.Ordinal) || type.Name.EndsWith("Filter", StringComparison.Ordinal) ||
        typeof(Microsoft.AspNetCore.Http.IResult).IsAssignableFrom(type)
        || type.Namespace!.StartsWith("AIMake.Platform.Http", StringComparison.Ordinal)
        || typeof(System.Text.Json.Serialization.JsonConverter).IsAssignableFrom(type);

    private static bool Has(Type type, ReadOnlySpan<string> path)
    {
        var property = type.GetProperty(path[0], BindingFlags.Instance | BindingFlags.Public | BindingFlags.IgnoreCase);
        return property is not null && (path.Length == 1 || Has(property.PropertyType, path[1..]));
    }
}
