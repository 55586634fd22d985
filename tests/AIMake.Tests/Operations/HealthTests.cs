using System.Net;
using System.Text.Json;
using AIMake.Accounts;
using AIMake.Operations.Health;
using AIMake.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Operations;

public sealed class HealthTests
{
    [Theory]
    [InlineData("/health")]
    [InlineData("/api/health")]
    public async Task A_process_that_lives_says_so_with_its_version(string path)
    {
        await using var app = await TestApp.StartAsync();

        Assert.Matches("""^\{"status":"ok","version":"\d+\.\d+\.\d+"\}$""", await app.Client.GetStringAsync(path));
    }

    [Fact]
    public async Task Ready_names_each_part_and_all_of_them_work()
    {
        await using var app = await TestApp.StartAsync();

        using var report = JsonDocument.Parse(await app.Client.GetStringAsync("/health/ready"));

        Assert.Equal("ok", report.RootElement.GetProperty("status").GetString());
        var checks = report.RootElement.GetProperty("checks");
        Assert.All(["database", "storage", "queue"], name => Assert.True(checks.GetProperty(name).GetBoolean()));
    }

    [Fact]
    public async Task A_part_that_fails_or_hangs_makes_it_503_and_is_named_while_the_process_still_lives()
    {
        await using var app = await TestApp.StartAsync(b =>
        {
            b.Services.AddSingleton<IReadinessCheck>(new Check("broken", _ => throw new InvalidOperationException("connection string with a password")));
            b.Services.AddSingleton<IReadinessCheck>(new Check("hanging", async ct =>
            {
                await Task.Delay(Timeout.Infinite, CancellationToken.None);
                return true;
            }));
        });

        using var answer = await app.Client.GetAsync("/health/ready");
        var body = await answer.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("\"status\":\"degraded\"", body, StringComparison.Ordinal);
        Assert.Contains("\"broken\":false", body, StringComparison.Ordinal);
        Assert.Contains("\"hanging\":false", body, StringComparison.Ordinal);
        Assert.Contains("\"database\":true", body, StringComparison.Ordinal);
        Assert.DoesNotContain("password", body, StringComparison.Ordinal);
        using var alive = await app.Client.GetAsync("/health");
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    [Fact]
    public async Task Parts_are_asked_once_however_many_ask_for_them()
    {
        var asked = 0;
        await using var app = await TestApp.StartAsync(b => b.Services.AddSingleton<IReadinessCheck>(new Check("counted", _ =>
        {
            Interlocked.Increment(ref asked);
            return Task.FromResult(true);
        })));

        await Task.WhenAll(Enumerable.Range(0, 30).Select(async _ =>
        {
            using var answer = await app.Client.GetAsync("/health/ready");
        }));

        Assert.InRange(asked, 1, 5);
    }

    [Fact]
    public async Task While_stopping_it_is_503_draining_new_work_is_refused_and_what_runs_may_finish()
    {
        var release = new TaskCompletionSource();
        var entered = new TaskCompletionSource();
        await using var app = await TestApp.StartAsync(map: a =>
        {
            a.MapGet("/api/test/slow", async () =>
            {
                entered.SetResult();
                await release.Task;
                return Results.Text("finished");
            }).Public();
            a.MapPost("/api/test/work", () => Results.Text("taken")).Public();
        });
        var slow = app.Client.GetStringAsync("/api/test/slow");
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(20));

        var stopping = app.StopAsync();
        using var ready = await app.Client.GetAsync("/health/ready");
        using var work = await app.Client.PostAsync("/api/test/work", null);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("\"status\":\"draining\"", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, work.StatusCode);
        Assert.Contains("DRAINING", await work.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(work.Headers.RetryAfter is not null);

        release.SetResult();
        Assert.Equal("finished", await slow);
        await stopping.WaitAsync(TimeSpan.FromSeconds(20));
    }

    private sealed class Check(string name, Func<CancellationToken, Task<bool>> check) : IReadinessCheck
    {
        public string Name => name;

        public Task<bool> CheckAsync(CancellationToken ct) => check(ct);
    }
}
