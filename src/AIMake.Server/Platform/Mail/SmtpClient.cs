using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace AIMake.Platform.Mail;

/// <summary>How the mail server took a mail.</summary>
internal enum MailFate
{
    Taken,

    /// <summary>Not now: another try may succeed.</summary>
    Later,

    /// <summary>Never: this address or this mail is refused.</summary>
    Refused,
}

/// <param name="Stage">Where it ended: <c>connect</c>, <c>tls</c>, <c>auth</c>, <c>from</c>, <c>to</c>, <c>data</c>.</param>
/// <param name="Code">The server's three digits; 0 when it said nothing.</param>
internal readonly record struct MailResult(MailFate Fate, string Stage, int Code);

/// <summary>
/// Hands one mail to the mail server (RFC 5321, STARTTLS RFC 3207, AUTH RFC 4954). The framework's own client knows no
/// implicit TLS and cannot insist on encryption. Nothing of the answers but their codes leaves this class.
/// </summary>
/// <param name="trust">Judges certificates in the place of the system; for tests.</param>
internal sealed class SmtpClient(TimeProvider clock, RemoteCertificateValidationCallback? trust = null)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <param name="message">As <see cref="MailText.Write"/> makes it: ASCII, lines ended by CR LF.</param>
    public async Task<MailResult> SendAsync(SmtpServer server, MailAddress from, MailAddress to, string message, CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        var stage = "connect";
        try
        {
            using var socket = new TcpClient { NoDelay = true };
            await socket.ConnectAsync(server.Host.Trim('[', ']'), server.Port, both.Token);
            await using var line = new SmtpLine(socket.GetStream(), trust);
            stage = "tls";
            if (server.Implicit)
            {
                await line.EncryptAsync(server.Host, both.Token);
            }

            return await TalkAsync(line, server, from, to, message, s => stage = s, both.Token);
        }
        catch (SmtpRefusal refusal)
        {
            // Who we are and how we come is the operator's to mend; only what is said of this address or this mail is final.
            return new(refusal.Code >= 500 && stage is "to" or "data" ? MailFate.Refused : MailFate.Later, stage, refusal.Code);
        }
        catch (Exception e) when (e is SocketException or IOException or System.Security.Authentication.AuthenticationException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return new(MailFate.Later, stage, 0);
        }
    }

    private static async Task<MailResult> TalkAsync(
        SmtpLine line, SmtpServer server, MailAddress from, MailAddress to, string message, Action<string> at, CancellationToken ct)
    {
        await line.ExpectAsync(220, ct);
        var offers = await HelloAsync(line, ct);
        if (!server.Implicit)
        {
            if (offers.Contains("STARTTLS"))
            {
                await line.SayAsync("STARTTLS", 220, ct);
                await line.EncryptAsync(server.Host, ct);
                offers = await HelloAsync(line, ct); // what was said in the clear counts for nothing
            }
            else if (!server.IsHere)
            {
                return new(MailFate.Later, "tls", 0);
            }
        }

        at("auth");
        if (server.User is not null)
        {
            await SignInAsync(line, server, offers, ct);
        }

        at("to");
        if (!to.IsPlain && !offers.Contains("SMTPUTF8"))
        {
            return new(MailFate.Refused, "to", 0);
        }

        at("from");
        await line.SayAsync($"MAIL FROM:<{from.Address}>{(to.IsPlain ? "" : " SMTPUTF8")}", 250, ct);
        at("to");
        await line.SayAsync($"RCPT TO:<{to.Address}>", 250, ct);
        at("data");
        await line.SayAsync("DATA", 354, ct);
        await line.SendTextAsync(message, ct);
        var code = await line.ExpectAsync(250, ct);
        await line.FarewellAsync(ct);
        return new(MailFate.Taken, "data", code);
    }

    private static async Task<HashSet<string>> HelloAsync(SmtpLine line, CancellationToken ct)
    {
        var said = await line.AskAsync("EHLO aimake.invalid", 250, ct);
        var offers = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var offer in said.Skip(1))
        {
            var words = offer.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            offers.UnionWith(words is ["AUTH", ..] ? words.Skip(1).Select(w => $"AUTH {w}") : words.Take(1));
        }

        return offers;
    }

    private static async Task SignInAsync(SmtpLine line, SmtpServer server, HashSet<string> offers, CancellationToken ct)
    {
        if (offers.Contains("AUTH PLAIN"))
        {
            await line.SayAsync($"AUTH PLAIN {Base64($"\0{server.User}\0{server.Password}")}", 235, ct);
            return;
        }

        await line.SayAsync("AUTH LOGIN", 334, ct);
        await line.SayAsync(Base64(server.User!), 334, ct);
        await line.SayAsync(Base64(server.Password!), 235, ct);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}

/// <summary>The server said no; its words are not kept, they may repeat what we sent.</summary>
internal sealed class SmtpRefusal(int code) : Exception($"The mail server said {code}.")
{
    public int Code => code;
}

/// <summary>One connection: commands out, replies in. A reply is bounded, and none is believed that came before its question.</summary>
internal sealed class SmtpLine(Stream stream, RemoteCertificateValidationCallback? trust) : IAsyncDisposable
{
    private const int MostLine = 2_000;
    private const int MostLines = 100;
    private readonly byte[] _buffer = new byte[4_096];
    private Stream _stream = stream;
    private int _from;
    private int _to;

    /// <exception cref="IOException">Something was sent ahead of the encryption: somebody sits in between.</exception>
    public async Task EncryptAsync(string host, CancellationToken ct)
    {
        if (_from != _to)
        {
            throw new IOException("Bytes ahead of TLS.");
        }

        var secure = new SslStream(_stream, leaveInnerStreamOpen: false, trust);
        await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, ct);
        _stream = secure;
    }

    public async Task<int> SayAsync(string command, int expected, CancellationToken ct)
    {
        await AskAsync(command, expected, ct);
        return expected;
    }

    public async Task<IReadOnlyList<string>> AskAsync(string command, int expected, CancellationToken ct)
    {
        if (command.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0)
        {
            throw new InvalidOperationException("A command is one line."); // addresses are checked when they are read; this is the last door
        }

        await _stream.WriteAsync(Encoding.UTF8.GetBytes(command + "\r\n"), ct);
        return await ReadAsync(expected, ct);
    }

    public async Task<int> ExpectAsync(int expected, CancellationToken ct)
    {
        await ReadAsync(expected, ct);
        return expected;
    }

    /// <summary>The text and the dot that ends it; lines of its own that begin with one get another (RFC 5321 4.5.2).</summary>
    public async Task SendTextAsync(string text, CancellationToken ct)
    {
        var stuffed = text.Replace("\r\n.", "\r\n..", StringComparison.Ordinal);
        await _stream.WriteAsync(Encoding.UTF8.GetBytes((stuffed.StartsWith('.') ? "." : "") + stuffed + (stuffed.EndsWith("\r\n", StringComparison.Ordinal) ? "" : "\r\n") + ".\r\n"), ct);
    }

    /// <summary>The mail is taken already: how the parting goes changes nothing.</summary>
    public async Task FarewellAsync(CancellationToken ct)
    {
        try
        {
            await _stream.WriteAsync("QUIT\r\n"u8.ToArray(), ct);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
        }
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task<IReadOnlyList<string>> ReadAsync(int expected, CancellationToken ct)
    {
        var lines = new List<string>();
        while (lines.Count < MostLines)
        {
            var line = await ReadLineAsync(ct);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), out var code))
            {
                throw new IOException("Not a mail server.");
            }

            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] == ' ')
            {
                // 251 and 252 mean taken, too.
                return code == expected || (expected == 250 && code is 251 or 252) ? lines : throw new SmtpRefusal(code);
            }
        }

        throw new IOException("The reply does not end.");
    }

    private async Task<string> ReadLineAsync(CancellationToken ct)
    {
        var line = new StringBuilder();
        while (line.Length < MostLine)
        {
            if (_from == _to)
            {
                (_from, _to) = (0, await _stream.ReadAsync(_buffer, ct));
                if (_to == 0)
                {
                    throw new IOException("The mail server hung up.");
                }
            }

            var c = (char)_buffer[_from++];
            if (c == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append(c);
        }

        throw new IOException("The reply is too long.");
    }
}
