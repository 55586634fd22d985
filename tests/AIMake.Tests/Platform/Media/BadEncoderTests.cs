using AIMake.Platform.Media;

namespace AIMake.Tests.Platform.Media;

/// <summary>Encoders that are not there, crash, hang, or talk without end.</summary>
public sealed class BadEncoderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aimake-bad-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(AudioFormat.Mp3)]
    [InlineData(AudioFormat.Opus)]
    internal async Task A_missing_encoder_is_said_to_be_missing(AudioFormat format)
    {
        await using var media = new MediaFixture(new MediaOptions { FfmpegPath = "no-such-ffmpeg" });
        Assert.Equal(MediaFault.EncoderMissing, await FaultOfAsync(media, format));
    }

    [Theory]
    [InlineData(AudioFormat.Mp3, "kill -SEGV $$")]
    [InlineData(AudioFormat.Flac, "kill -SEGV $$")]
    [InlineData(AudioFormat.Mp3, "cat > /dev/null; echo 'no such codec' >&2; exit 1")]
    [InlineData(AudioFormat.Flac, "head -c 1000 > /dev/null; exit 1")]
    [InlineData(AudioFormat.Mp3, "cat > /dev/null; echo this is not an mp3 file at all")]
    [InlineData(AudioFormat.Aac, "head -c 100000000 /dev/zero | tr '\\0' x >&2; exit 7")]
    internal async Task An_encoder_that_fails_is_a_failure(AudioFormat format, string script)
    {
        await using var media = new MediaFixture(new MediaOptions { FfmpegPath = Script(script) });
        Assert.Equal(MediaFault.EncoderFailed, await FaultOfAsync(media, format));
    }

    [Theory]
    [InlineData(AudioFormat.Mp3, "trap '' TERM; sleep 3600 & wait")]
    [InlineData(AudioFormat.Opus, "trap '' TERM; sleep 3600 & wait")]
    [InlineData(AudioFormat.Opus, "cat > /dev/null; sleep 3600")]
    internal async Task An_encoder_that_hangs_is_stopped(AudioFormat format, string script)
    {
        await using var media = new MediaFixture(
            new MediaOptions { FfmpegPath = Script(script), StallTimeout = TimeSpan.FromMilliseconds(300) });
        Assert.Equal(MediaFault.EncoderStalled, await FaultOfAsync(media, format));
    }

    private static async Task<MediaFault> FaultOfAsync(MediaFixture media, AudioFormat format) =>
        (await Assert.ThrowsAsync<MediaException>(async () =>
        {
            await using var encoder = await media.Encoders.OpenAsync(format, 22050, new MemoryStream(), Ct);
            await encoder.WriteAsync(new byte[1_000_000], Ct);
            await encoder.CompleteAsync(Ct);
        })).Fault;

    private string Script(string body)
    {
        var path = Path.Combine(_folder.FullName, $"{Guid.NewGuid():n}.sh");
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
