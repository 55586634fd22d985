using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace AIMake.Simulator.People;

/// <summary>Somebody who signs in at a simulated service. The same login is the same person, at each service under another id.</summary>
/// <param name="Login">Letters, digits and hyphens.</param>
/// <param name="Verified">Whether the service vouches for the address.</param>
internal sealed record SimulatedPerson(string Login, string Name, string? Email, bool Verified)
{
    /// <summary>Those the page offers.</summary>
    public static readonly IReadOnlyList<SimulatedPerson> Known =
    [
        new("octocat", "Mona Octocat", "octocat@example.com", Verified: true),
        new("ada", "Ada Lovelace", "ada@example.com", Verified: true),
        new("nobody", "No Body", "nobody@example.com", Verified: false),
    ];

    /// <summary>A whole number, as GitHub's ids are.</summary>
    public long Id => BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(Login))) + 1L;

    public static SimulatedPerson? From(IFormCollection form)
    {
        var login = form["login"].ToString();
        if (login.Length is 0 or > 39 || !login.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')) return null;
        if (form["email"].Count == 0) return Known.FirstOrDefault(person => person.Login == login) ?? new(login, login, $"{login}@example.com", Verified: true);
        var (name, email) = (form["name"].ToString(), form["email"].ToString());
        return new(login, name.Length > 0 ? name : login, email.Length > 0 ? email : null, form["verified"] == "true");
    }
}
