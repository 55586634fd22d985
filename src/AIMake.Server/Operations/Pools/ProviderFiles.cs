using AIMake.Catalog;
using AIMake.Providers.Declarative;
using AIMake.Providers.Routing;

namespace AIMake.Operations.Pools;

/// <summary>The files that describe providers, with what only shows beside the rest: a key that is missing, a model that another has taken.</summary>
internal sealed class ProviderFiles(IDeclarativeProviders declared, ProviderRegistry registry, LiveCatalog catalog)
{
    public IReadOnlyList<DeclaredFile> All => declared.Files;

    public ProviderFileView View(DeclaredFile file, string language)
    {
        var (state, problems) = (file.State, file.Problems.ToList());
        if (declared.Find(file.Name) is { } provider)
        {
            if (state == DeclaredFileState.Active && !provider.Ready && registry.Find(file.Name) is not { IsOffered: true })
            {
                state = DeclaredFileState.NeedsKey;
                if (problems.Count == 0) problems.Add(KeyMissing(file.Name, provider.Description.KeyVariable));
            }
            problems.AddRange(Taken(provider.Description.Models, file.Name));
        }
        return new ProviderFileView(file.Name, $"{file.Name}.json", state, [.. problems.Select(problem => problem.In(language))], file.Since);
    }

    private static Localized KeyMissing(string name, string? variable) => variable is null
        ? new(
            $"key: there is none yet. Add one to {name} on the administrator's page of providers (/admin/providers)",
            $"key：尚无密钥。请在管理员的服务商页面（/admin/providers）为 {name} 添加密钥")
        : new(
            $"key: {variable} is not set. Set it and restart the server, or add a key to {name} on the administrator's page of providers (/admin/providers)",
            $"key：未设置 {variable}。请设置后重启服务器，或在管理员的服务商页面（/admin/providers）为 {name} 添加密钥");

    /// <summary>Of models with one id the first stays: the catalog's before a file's, and files in the order of their names.</summary>
    private IEnumerable<Localized> Taken(IReadOnlyList<Model> models, string name)
    {
        var listed = catalog.Current.Listed.ToDictionary(model => model.Id, model => model.Provider, StringComparer.Ordinal);
        for (var i = 0; i < models.Count; i++)
        {
            if (!listed.TryGetValue(models[i].Id, out var first) || first == name) continue;
            var byFile = declared.Find(first) is { } other && other.Description.Models.Any(model => model.Id == models[i].Id);
            yield return byFile
                ? new(
                    $"models[{i}].id: {models[i].Id} is already in {first}.json, which wins; this one is not offered. Give it another id",
                    $"models[{i}].id：{models[i].Id} 已在 {first}.json 中，以该文件为准；此处的模型不会提供，请换一个 id")
                : new(
                    $"models[{i}].id: {models[i].Id} is already in the catalog, of {first}, which wins; this one is not offered. Give it another id",
                    $"models[{i}].id：目录中已有 {first} 的 {models[i].Id}，以目录为准；此处的模型不会提供，请换一个 id");
        }
    }
}
