using Npgsql;

namespace AIMake.Platform.Database;

/// <summary>Reads the <c>postgresql://</c> form that hosting platforms hand out.</summary>
internal static class DatabaseUrl
{
    /// <summary>What is wrong with it, without repeating it, or null.</summary>
    public static string? Fault(string url)
    {
        try
        {
            ToConnectionString(url);
            return null;
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            return "cannot be read. Write postgresql://user:password@host:5432/name, with other characters than letters and digits in the password percent-encoded.";
        }
    }

    /// <returns>An Npgsql connection string.</returns>
    /// <exception cref="FormatException">Says what is wrong, without repeating the value: it holds a password.</exception>
    public static string ToConnectionString(string url)
    {
        if (!url.Contains("://", StringComparison.Ordinal))
        {
            return new NpgsqlConnectionStringBuilder(url).ConnectionString;
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("postgres" or "postgresql"))
        {
            throw new FormatException("DATABASE_URL must look like postgresql://user:password@host:5432/name");
        }

        var user = uri.UserInfo.Split(':', 2);
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host,
            Port = uri.Port > 0 ? uri.Port : 5432,
            Database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')),
            Username = Uri.UnescapeDataString(user[0]),
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
        };
        foreach (var (key, value) in Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(uri.Query))
        {
            switch (key.ToLowerInvariant())
            {
                case "sslmode":
                    builder.SslMode = Enum.Parse<SslMode>(value.ToString().Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
                    break;
                case "host":
                    builder.Host = value.ToString();
                    break;
            }
        }

        return builder.ConnectionString;
    }
}
