using System.Diagnostics;
using System.Text.Json;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Operations;

public sealed class OpenApiTests
{
    [Fact]
    public async Task The_command_writes_the_document_that_the_server_serves_without_a_database()
    {
        var file = Path.GetTempFileName();
        Assert.Equal(0, await AIMakeCommand.RunAsync(["openapi", "--out", file]));
        await using var app = await TestApp.StartAsync();

        var written = await File.ReadAllTextAsync(file);

        Assert.Equal(await app.Client.GetStringAsync("/openapi/v1.json"), written);
        using var document = JsonDocument.Parse(written);
        Assert.StartsWith("3.1", document.RootElement.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        File.Delete(file);
    }

    [Fact]
    public async Task Its_page_is_shown_with_scripts_from_here_only()
    {
        await using var app = await TestApp.StartAsync();

        using var page = await app.Client.GetAsync("/docs/index.html");

        Assert.True(page.IsSuccessStatusCode);
        Assert.Contains("script-src 'self'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.DoesNotMatch("<script(?![^>]*src=)", await page.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("run --help")]
    [InlineData("doctor --help")]
    [InlineData("--version")]
    public async Task Help_is_given(string line) => Assert.Equal(0, await AIMakeCommand.RunAsync(line.Split(' ')));

    [Theory]
    [InlineData("run --poort 8080")]
    [InlineData("run extra")]
    [InlineData("dance")]
    public async Task A_slip_on_the_command_line_is_refused(string line) => Assert.NotEqual(0, await AIMakeCommand.RunAsync(line.Split(' ')));
}
