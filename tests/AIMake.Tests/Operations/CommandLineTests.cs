using System.CommandLine;

namespace AIMake.Tests.Operations;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--help", "aimake [command]")]
    [InlineData("doctor --help", "aimake doctor [options]")]
    [InlineData("keys --help", "aimake keys")]
    public async Task Help_calls_the_program_by_the_name_people_type(string line, string usage)
    {
        var said = await RunAsync(line);
        Assert.Contains(usage, said, StringComparison.Ordinal);
        Assert.DoesNotContain("AIMake.Server", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_told()
    {
        Assert.Matches(@"^\d+\.\d+", await RunAsync("--version"));
    }

    private static async Task<string> RunAsync(string line)
    {
        using var output = new StringWriter();
        var code = await AIMakeCommand.Create().Parse(line).InvokeAsync(new InvocationConfiguration { Output = output }, TestContext.Current.CancellationToken);
        Assert.Equal(0, code);
        return output.ToString();
    }
}
