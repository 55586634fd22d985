using System.Diagnostics;
using AIMake.Accounts;
using AIMake.Accounts.Passwords;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AIMake.Tests.Accounts.Passwords;

public sealed class PasswordHashingTests
{
    [Fact]
    public async Task A_hash_is_PBKDF2_SHA512_with_220_000_iterations_and_a_salt_of_its_own()
    {
        using var hashing = Hashing();

        var (one, two) = ((await hashing.HashAsync("correct horse", Ct)).Value, (await hashing.HashAsync("correct horse", Ct)).Value);

        var bytes = Convert.FromBase64String(one);
        Assert.Equal((1, 2, 220_000, 16), (bytes[0], ReadInt(bytes, 1), ReadInt(bytes, 5), ReadInt(bytes, 9)));
        Assert.Equal(13 + 16 + 32, bytes.Length);
        Assert.NotEqual(one, two);
        Assert.Equal(PasswordMatch.Yes, (await hashing.CompareAsync(one, "correct horse", Ct)).Value);
        Assert.Equal(PasswordMatch.No, (await hashing.CompareAsync(one, "correct horse ", Ct)).Value);
    }

    [Fact]
    public async Task Nobody_compares_as_slowly_as_somebody()
    {
        using var hashing = Hashing();
        var hash = (await hashing.HashAsync("correct horse", Ct)).Value;
        var (known, unknown) = (new List<double>(), new List<double>());
        for (var i = 0; i < 3; i++)
        {
            known.Add(await TimeAsync(hash));
            unknown.Add(await TimeAsync(null));
        }

        // The fastest of each: what the machine does besides only ever adds.
        Assert.InRange(unknown.Min() / known.Min(), 0.5, 2);

        async Task<double> TimeAsync(string? against)
        {
            var started = Stopwatch.GetTimestamp();
            Assert.Equal(PasswordMatch.No, (await hashing.CompareAsync(against, "wrong password", Ct)).Value);
            return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }
    }

    [Fact]
    public async Task The_dummy_matches_nothing() =>
        Assert.Equal(PasswordMatch.No, (await Hashing(1_000).CompareAsync(null, "", Ct)).Value);

    [Fact]
    public async Task A_weaker_hash_is_right_but_old()
    {
        using var weak = Hashing(1_000);
        using var strong = Hashing(2_000);

        Assert.Equal(PasswordMatch.YesButOld, (await strong.CompareAsync((await weak.HashAsync("correct horse", Ct)).Value, "correct horse", Ct)).Value);
    }

    [Fact]
    public async Task A_flood_is_turned_away_beyond_two_at_work_and_thirty_two_waiting()
    {
        using var hashing = Hashing(50_000);

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => hashing.HashAsync("correct horse", Ct)));

        Assert.True(answers.Count(a => a.Ok) is >= 34 and < 60, $"{answers.Count(a => a.Ok)} of 60");
        Assert.All(answers.Where(a => !a.Ok), a => Assert.Equal(("RATE_LIMITED", 429), (a.Fault!.Code.Code, a.Fault.Code.Status)));
        Assert.True((await hashing.HashAsync("correct horse", Ct)).Ok); // the queue empties
    }

    [Fact]
    public void Thousands_of_passwords_are_known_to_be_guessed_first()
    {
        var all = CommonPasswords.All().ToList();

        Assert.InRange(all.Count, 2_500, 6_000);
        Assert.All(all, p => Assert.Equal(p.ToLowerInvariant(), p));
    }

    private static PasswordHashing Hashing(int? iterations = null)
    {
        var options = new AccountsOptions();
        options.PasswordIterations = iterations ?? options.PasswordIterations;
        return new PasswordHashing(Options.Create(options), NullLogger<PasswordHashing>.Instance);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static int ReadInt(byte[] bytes, int at) => System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
}
