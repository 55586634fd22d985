using System.Text.Json;
using AIMake.Platform.Media;

namespace AIMake.Tests.Platform.Media;

public sealed class AudioFormatsTests
{
    [Theory]
    [InlineData("mp3", AudioFormat.Mp3, "audio/mpeg")]
    [InlineData("wav", AudioFormat.Wav, "audio/wav")]
    [InlineData("opus", AudioFormat.Opus, "audio/ogg")]
    [InlineData("flac", AudioFormat.Flac, "audio/flac")]
    [InlineData("aac", AudioFormat.Aac, "audio/aac")]
    [InlineData("pcm", AudioFormat.Pcm, "audio/pcm")]
    internal void Names_types_and_json_agree(string name, AudioFormat format, string mimeType)
    {
        Assert.True(AudioFormats.TryParse(name, out var parsed));
        Assert.Equal(format, parsed);
        Assert.Equal((name, mimeType), (format.Name(), format.MimeType()));
        Assert.Equal($"\"{name}\"", JsonSerializer.Serialize(format));
        Assert.Equal(format, JsonSerializer.Deserialize<AudioFormat>($"\"{name}\""));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("MP3")]
    [InlineData(" mp3")]
    [InlineData("0")]
    [InlineData("ogg")]
    [InlineData("mp3,wav")]
    public void Anything_else_is_no_format(string? name) => Assert.False(AudioFormats.TryParse(name, out _));

    [Fact]
    public void Kept_aac_is_an_mp4_file_kept_samples_are_a_wav_and_the_others_are_kept_as_they_stream()
    {
        Assert.Equal(("wav", "audio/wav"), (AudioFormat.Pcm.Extension(), AudioFormat.Pcm.FileMimeType()));
        Assert.Equal(("m4a", "audio/mp4"), (AudioFormat.Aac.Extension(), AudioFormat.Aac.FileMimeType()));
        foreach (var format in new[] { AudioFormat.Mp3, AudioFormat.Wav, AudioFormat.Opus, AudioFormat.Flac })
        {
            Assert.Equal((format.Name(), format.MimeType()), (format.Extension(), format.FileMimeType()));
        }
    }
}
