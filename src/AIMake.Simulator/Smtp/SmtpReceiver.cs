using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace AIMake.Simulator.Smtp;

/// <summary>How the receiver misbehaves; for tests in the same process.</summary>
internal sealed class SmtpManners
{
    /// <summary>Codes to answer the next recipients with, in order, e.g. 451 or 550; then 250.</summary>
    public ConcurrentQueue<int> Recipients { get; } = new();

    /// <summary>Takes the next mail and hangs up without a word: nobody knows whether it was taken.</summary>
    public bool DropAfterData { get; set; }

    /// <summary>Offers encryption with this certificate.</summary>
    public X509Certificate2? Certificate { get; set; }

    /// <summary>Sends a reply ahead of the encryption, as somebody in between would.</summary>
    public bool InjectBeforeTls { get; set; }

    /// <summary>User and password that are asked for; null: nobody is.</summary>
    public (string User, string Password)? Credentials { get; set; }
}

/// <summary>
/// A mail server that keeps what it is given: RFC 5321 as far as our client speaks it, with STARTTLS and AUTH PLAIN and LOGIN where a test asks for them.
/// </summary>
internal sealed class SmtpReceiver(TimeProvider clock) : BackgroundService
{
    private const int MostMails = 500;
    private const int MostBytes = 10_000_000;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<ReceivedMail> _mails = new();

    public SmtpManners Manners { get; } = new();

    public int Port { get; private set; }

    /// <summary>Everything taken, oldest first.</summary>
    public IReadOnlyList<ReceivedMail> Mails => [.. _mails];

    public void Clear() => _mails.Clear();

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _listener.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(stoppingToken), stoppingToken);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken ct)
    {
        using (client)
        {
            try
            {
                await new Conversation(this, client.GetStream()).RunAsync(ct);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or System.Security.Authentication.AuthenticationException)
            {
                // The client hung up.
            }
        }
    }

    private void Keep(string from, IReadOnlyList<string> to, string text, bool encrypted)
    {
        _mails.Enqueue(ReceivedMail.Read(from, to, text, encrypted, clock.GetUtcNow()));
        while (_mails.Count > MostMails)
        {
            _mails.TryDequeue(out _);
        }
    }

    private sealed class Conversation(SmtpReceiver owner, Stream stream)
    {
        private readonly List<string> _to = [];
        private readonly SmtpManners _manners = owner.Manners;
        private Stream _stream = stream;
        private string _from = "";
        private bool _encrypted;
        private bool _signedIn;

        public async Task RunAsync(CancellationToken ct)
        {
            await SayAsync("220 simulator", ct);
            while (await ReadLineAsync(ct) is { } line)
            {
                if (!await AnswerAsync(line, ct))
                {
                    return;
                }
            }
        }

        /// <returns>False when the conversation is over.</returns>
        private async Task<bool> AnswerAsync(string line, CancellationToken ct)
        {
            var verb = line.Split([' ', ':'], 2)[0].ToUpperInvariant();
            switch (verb)
            {
                case "EHLO":
                    var offers = new List<string> { "simulator", "SMTPUTF8", "8BITMIME" };
                    offers.AddRange(_manners.Certificate is not null && !_encrypted ? ["STARTTLS"] : []);
                    offers.AddRange(_manners.Credentials is not null ? ["AUTH PLAIN LOGIN"] : []);
                    await SayAsync(string.Join("\r\n", offers.Select((o, i) => $"250{(i == offers.Count - 1 ? ' ' : '-')}{o}")), ct);
                    return true;
                case "STARTTLS" when _manners.Certificate is { } certificate:
                    await SayAsync(_manners.InjectBeforeTls ? "220 go\r\n250 injected" : "220 go", ct);
                    var secure = new SslStream(_stream);
                    await secure.AuthenticateAsServerAsync(certificate, clientCertificateRequired: false, checkCertificateRevocation: false);
                    (_stream, _encrypted) = (secure, true);
                    return true;
                case "AUTH":
                    return await SignInAsync(line, ct);
                case "MAIL":
                    (_from, _) = (Bracketed(line), 0);
                    _to.Clear();
                    await SayAsync(_manners.Credentials is not null && !_signedIn ? "530 sign in" : "250 ok", ct);
                    return true;
                case "RCPT":
                    var code = _manners.Recipients.TryDequeue(out var scripted) ? scripted : 250;
                    _to.Add(Bracketed(line));
                    await SayAsync($"{code} {(code == 250 ? "ok" : "no")}", ct);
                    return true;
                case "DATA":
                    return await TakeAsync(ct);
                case "QUIT":
                    await SayAsync("221 bye", ct);
                    return false;
                default:
                    await SayAsync(verb is "RSET" or "NOOP" ? "250 ok" : "502 no", ct);
                    return true;
            }
        }

        private async Task<bool> TakeAsync(CancellationToken ct)
        {
            await SayAsync("354 go on", ct);
            var text = new StringBuilder();
            while (await ReadLineAsync(ct) is { } line && line != ".")
            {
                text.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
                if (text.Length > MostBytes)
                {
                    return false;
                }
            }

            owner.Keep(_from, [.. _to], text.ToString(), _encrypted);
            if (_manners.DropAfterData)
            {
                _manners.DropAfterData = false;
                return false;
            }

            await SayAsync("250 kept", ct);
            return true;
        }

        private async Task<bool> SignInAsync(string line, CancellationToken ct)
        {
            string user, password;
            if (line.Split(' ') is [_, "PLAIN", var initial])
            {
                var parts = Decode(initial).Split('\0');
                (user, password) = (parts.ElementAtOrDefault(1) ?? "", parts.ElementAtOrDefault(2) ?? "");
            }
            else
            {
                await SayAsync("334 VXNlcm5hbWU6", ct);
                user = Decode(await ReadLineAsync(ct) ?? "");
                await SayAsync("334 UGFzc3dvcmQ6", ct);
                password = Decode(await ReadLineAsync(ct) ?? "");
            }

            _signedIn = _manners.Credentials == (user, password);
            await SayAsync(_signedIn ? "235 welcome" : "535 no", ct);
            return true;
        }

        private static string Decode(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));

        private static string Bracketed(string line) => line.Split('<', '>') is [_, var address, ..] ? address : "";

        private Task SayAsync(string text, CancellationToken ct) => _stream.WriteAsync(Encoding.ASCII.GetBytes(text + "\r\n"), ct).AsTask();

        private async Task<string?> ReadLineAsync(CancellationToken ct)
        {
            var bytes = new List<byte>();
            var one = new byte[1];
            while (await _stream.ReadAsync(one, ct) == 1)
            {
                if (one[0] == '\n')
                {
                    return Encoding.UTF8.GetString([.. bytes]).TrimEnd('\r');
                }

                bytes.Add(one[0]);
            }

            return null;
        }
    }
}
