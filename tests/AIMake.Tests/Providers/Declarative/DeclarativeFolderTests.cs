using AIMake.Providers.Declarative;

namespace AIMake.Tests.Providers.Declarative;

public sealed class DeclarativeFolderTests : IDisposable
{
    private readonly DeclarativeTestBed _bed = new("127.0.0.1", "127.0.0.1:81");

    [Fact]
    public void A_file_counts_once_it_lies_still()
    {
        var before = _bed.Folder.Current;
        File.WriteAllText(_bed.PathOf("lumen"), DeclaredFiles.At("127.0.0.1", "lumen"));

        _bed.Folder.Look();
        Assert.Same(before, _bed.Folder.Current);

        _bed.Folder.Look();
        Assert.Equal(["lumen"], _bed.Folder.Current.Select(provider => provider.Name));
    }

    [Fact]
    public void Nothing_new_is_told_while_nothing_changes()
    {
        _bed.With("lumen", DeclaredFiles.At("127.0.0.1", "lumen"));
        var current = _bed.Folder.Current;

        for (var i = 0; i < 3; i++) _bed.Folder.Look();

        Assert.Same(current, _bed.Folder.Current);
        Assert.Single(_bed.Log.Lines);
    }

    [Fact]
    public void A_changed_file_counts_and_a_removed_one_is_gone()
    {
        _bed.With("lumen", DeclaredFiles.At("127.0.0.1", "lumen"));

        _bed.With("lumen", DeclaredFiles.At("127.0.0.1", "lumen").Replace("\"Lumen\"", "\"Lumen, once more\"", StringComparison.Ordinal));
        Assert.Equal("Lumen, once more", Assert.Single(_bed.Folder.Current).Description.Title);

        File.Delete(_bed.PathOf("lumen"));
        _bed.Folder.Look();
        Assert.Empty(_bed.Folder.Current);
        Assert.Empty(_bed.Folder.Files);
    }

    [Fact]
    public void A_key_of_the_environment_is_not_sent_to_a_host_the_file_names_later()
    {
        var name = Variable;
        string At(string host) => DeclaredFiles.At(host, "lumen").Replace("LUMEN_API_KEY", name, StringComparison.Ordinal);
        Assert.Equal("sesame", Assert.Single(_bed.With("lumen", At("127.0.0.1")).Folder.Current).Endpoint.Secret);

        var moved = Assert.Single(_bed.With("lumen", At("127.0.0.1:81")).Folder.Current);
        Assert.Equal(("", false), (moved.Endpoint.Secret, moved.Ready));
        var file = Assert.Single(_bed.Folder.Files);
        Assert.Equal(DeclaredFileState.Active, file.State);
        Assert.StartsWith($"{name} was given for 127.0.0.1 and is not sent to 127.0.0.1:81;", Assert.Single(file.Problems).En, StringComparison.Ordinal);

        File.Delete(_bed.PathOf("lumen"));
        _bed.Folder.Look();
        Assert.Equal("", Assert.Single(_bed.With("lumen", At("127.0.0.1:81")).Folder.Current).Endpoint.Secret); // nor by way of a new file
        Assert.Equal("sesame", Assert.Single(_bed.With("lumen", At("127.0.0.1")).Folder.Current).Endpoint.Secret);
    }

    [Fact]
    public void A_broken_change_leaves_the_previous_version_in_force_and_is_told_once()
    {
        _bed.With("lumen", DeclaredFiles.At("127.0.0.1", "lumen"));

        _bed.With("lumen", "{ \"baseUrl\": 3 }");
        for (var i = 0; i < 3; i++) _bed.Folder.Look();

        Assert.Equal("Lumen", Assert.Single(_bed.Folder.Current).Description.Title);
        var file = Assert.Single(_bed.Folder.Files);
        Assert.Equal((DeclaredFileState.Outdated, "line 1, baseUrl: must be a text"), (file.State, Assert.Single(file.Problems).En));
        Assert.Single(_bed.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_that_is_broken_from_the_start_offers_nothing_and_hurts_no_other()
    {
        _bed.With("broken", "{").With("lumen", DeclaredFiles.At("127.0.0.1", "lumen"));

        Assert.Equal("lumen", Assert.Single(_bed.Folder.Current).Name);
        Assert.Equal([("broken", DeclaredFileState.Refused), ("lumen", DeclaredFileState.Active)], _bed.Folder.Files.Select(file => (file.Name, file.State)));
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("taken")]
    [InlineData("Lumen")]
    [InlineData("a b")]
    [InlineData("an-name-that-is-longer-than-it-may-be-at-all")]
    public void A_name_that_is_taken_or_none_is_refused(string name)
    {
        _bed.With(name, DeclaredFiles.At("127.0.0.1", "lumen"));

        Assert.Empty(_bed.Folder.Current);
        Assert.Equal(DeclaredFileState.Refused, Assert.Single(_bed.Folder.Files).State);
    }

    [Fact]
    public void A_file_of_megabytes_is_not_read()
    {
        _bed.With("huge", new string(' ', (1 << 20) + 1));

        Assert.Contains("may have 1048576", Assert.Single(Assert.Single(_bed.Folder.Files).Problems).En, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_link_leads_to_counts_when_it_is_turned()
    {
        var (one, two) = ($"{_bed.PathOf("x")}.one", $"{_bed.PathOf("x")}.two");
        File.WriteAllText(one, DeclaredFiles.At("127.0.0.1", "lumen"));
        File.WriteAllText(two, DeclaredFiles.At("127.0.0.1", "lumen").Replace("\"Lumen\"", "\"Two\"", StringComparison.Ordinal));
        File.CreateSymbolicLink(_bed.PathOf("lumen"), one);
        _bed.Folder.Look(settled: true);

        File.Delete(_bed.PathOf("lumen"));
        File.CreateSymbolicLink(_bed.PathOf("lumen"), two);
        _bed.Folder.Look(settled: true);

        Assert.Equal("Two", Assert.Single(_bed.Folder.Current).Description.Title);
    }

    [Fact]
    public void A_provider_is_offered_with_a_key_from_the_environment_and_not_without()
    {
        _bed.With("deepgram", DeclaredFiles.At("127.0.0.1", "deepgram"));

        Assert.Empty(new DeclarativeCatalog(_bed.Folder).Current.Providers);

        _bed.With("deepgram", DeclaredFiles.At("127.0.0.1", "deepgram").Replace("DEEPGRAM_API_KEY", Variable, StringComparison.Ordinal));
        var offered = new DeclarativeCatalog(_bed.Folder).Current;
        Assert.Equal(["deepgram"], offered.Providers);
        Assert.Equal((2, 2), (offered.File.Models.Count, offered.File.Voices.Count));
        Assert.Equal("sesame", Assert.Single(_bed.Folder.Current).Endpoint.Secret);
    }

    public void Dispose() => _bed.Dispose();

    /// <summary>A variable of this test's own.</summary>
    private static string Variable
    {
        get
        {
            var name = $"T{Guid.NewGuid():N}_KEY".ToUpperInvariant();
            Environment.SetEnvironmentVariable(name, "sesame");
            return name;
        }
    }
}
