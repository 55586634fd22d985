using AIMake.Speech.Say;

namespace AIMake.Tests.Speech.Say;

public sealed class SayCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aimake-say-").FullName;
    private readonly StringWriter _errors = new();

    [Theory]
    [InlineData("hello.mp3", null, "mp3")]
    [InlineData("hello.wav", null, "pcm_s16le")]
    [InlineData("hello.bin", "opus", "opus")]
    [InlineData("hello.m4a", null, "aac")]
    [InlineData("hello", null, "mp3")]
    public async Task A_text_becomes_a_file_of_the_kind_its_name_says(string name, string? format, string codec)
    {
        var path = Path.Combine(_folder, name);

        var exit = await SayAsync(new SayOrder("Good morning.", path, null, 1, format));

        Assert.True(exit == 0, _errors.ToString());
        Assert.Equal(codec, (await Sounds.ProbeAsync(await File.ReadAllBytesAsync(path))).Codec);
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task Text_may_come_from_standard_input_and_sound_go_to_standard_output()
    {
        using var output = new MemoryStream();

        var exit = await SayCommand.RunAsync(new SayOrder("-", "-", "cmn", 1.2, "wav"), new StringReader("你好世界。"), () => output, _errors, "en", CancellationToken.None);

        Assert.True(exit == 0, _errors.ToString());
        Assert.Equal("pcm_s16le", (await Sounds.ProbeAsync(output.ToArray())).Codec);
    }

    [Theory]
    [InlineData("", "x.mp3", null, 1, "nothing that can be spoken")]
    [InlineData("Hi.", "x.xyz", null, 1, "choose one of mp3")]
    [InlineData("Hi.", "x.mp3", "nobody", 1, "no voice 'espeak:nobody'")]
    [InlineData("Hi.", "x.mp3", null, 3, "between 0.5 and 2")]
    public async Task A_senseless_order_is_refused_with_the_cure_and_leaves_no_file(string text, string name, string? voice, double speed, string complaint)
    {
        var exit = await SayAsync(new SayOrder(text, Path.Combine(_folder, name), voice, speed, null));

        Assert.Equal(2, exit);
        Assert.Contains(complaint, _errors.ToString(), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task Without_a_text_or_a_file_the_usage_is_shown()
    {
        Assert.Equal(2, await SayAsync(new SayOrder(null, null, null, 1, null)));
        Assert.Contains("-o hello.mp3", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_told()
    {
        Assert.Equal(1, await SayAsync(new SayOrder("Hi.", Path.Combine(_folder, "missing", "x.mp3"), null, 1, null)));
        Assert.Contains("Nothing was written", _errors.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<int> SayAsync(SayOrder order) => SayCommand.RunAsync(order, TextReader.Null, () => Stream.Null, _errors, "en", CancellationToken.None);
}
