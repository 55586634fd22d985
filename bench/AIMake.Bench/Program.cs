using AIMake.Bench;

// Each benchmark runs its peer in the same run on the same machine and says whether the limit holds.
var benchmarks = new Dictionary<string, Func<BenchRun, Task>>(StringComparer.Ordinal)
{
    ["ledger"] = LedgerBench.RunAsync,
    ["queue"] = QueueBench.RunAsync,
    ["sound"] = SoundBench.RunAsync,
    ["speech"] = SpeechBench.LongAsync,
    ["stream"] = SpeechBench.StreamAsync,
    ["gateway"] = GatewayBench.RunAsync,
    ["streams"] = StreamsBench.RunAsync,
    ["webhooks"] = WebhooksBench.RunAsync,
    ["signin"] = SignInBench.RunAsync,
    ["hello"] = SpeechBench.HelloAsync,
    ["start"] = StartBench.RunAsync,
};
var wanted = args.Length == 0 ? benchmarks.Keys.ToArray() : args;
if (wanted.FirstOrDefault(name => !benchmarks.ContainsKey(name)) is { } unknown)
{
    Console.Error.WriteLine($"There is no benchmark '{unknown}'. There are: {string.Join(", ", benchmarks.Keys)}.");
    return 2;
}

var run = new BenchRun();
await run.PrintMachineAsync();
foreach (var name in wanted)
{
    Console.WriteLine($"\n## {name}");
    await benchmarks[name](run);
}

return run.AllHold ? 0 : 1;
