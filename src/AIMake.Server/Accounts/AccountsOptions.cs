using System.ComponentModel.DataAnnotations;

namespace AIMake.Accounts;

/// <summary>Who may make an account.</summary>
internal enum RegistrationMode
{
    /// <summary>Anybody.</summary>
    Open,

    /// <summary>Only with a link made for it; the server's set-up link is one.</summary>
    Invite,

    /// <summary>Nobody but the holder of the set-up link, while there is no admin.</summary>
    Closed,
}

/// <summary>When the refresh cookie may travel over plain http.</summary>
internal enum InsecureCookies
{
    /// <summary>A request that came over http gets a cookie that works there; over https it is always <c>Secure</c>.</summary>
    Auto,

    /// <summary>Never: sign-in over http then only works where browsers treat the host as secure, that is on localhost.</summary>
    Never,
}

/// <summary>Sign-in and accounts.</summary>
internal sealed class AccountsOptions : IValidatableObject
{
    public const string Section = "Accounts";

    /// <summary>Iterations below which a warning is logged.</summary>
    public const int RecommendedIterations = 210_000;

    /// <summary>Who may make an account (default open). Flat name <c>AIMAKE_REGISTRATION</c>.</summary>
    [EnumDataType(typeof(RegistrationMode), ErrorMessage = "choose open, invite or closed.")]
    public RegistrationMode Registration { get; set; } = RegistrationMode.Open;

    /// <summary>Whether the refresh cookie may travel over http (default auto).</summary>
    [EnumDataType(typeof(InsecureCookies), ErrorMessage = "choose auto or never.")]
    public InsecureCookies InsecureCookies { get; set; } = InsecureCookies.Auto;

    /// <summary>PBKDF2-HMAC-SHA512 iterations of new password hashes (default 220,000). Older hashes are renewed at sign-in.</summary>
    [Range(1_000, 10_000_000, ErrorMessage = "must be between 1,000 and 10,000,000; 220,000 is advised.")]
    public int PasswordIterations { get; set; } = 220_000;

    /// <summary>
    /// Version of the agreement that new accounts accept (default 1). Whoever accepted another one is asked at their next visit. Flat name
    /// <c>AIMAKE_AGREEMENT_VERSION</c>.
    /// </summary>
    [Required(ErrorMessage = "name a version, e.g. 1.")]
    [StringLength(40, ErrorMessage = "has at most 40 characters.")]
    public string AgreementVersion { get; set; } = "1";

    /// <summary>Where the terms can be read. Flat name <c>AIMAKE_TERMS_URL</c>.</summary>
    [StringLength(2048, ErrorMessage = "has at most 2048 characters.")]
    public string? TermsUrl { get; set; }

    /// <summary>Where it is said what happens with personal data. Flat name <c>AIMAKE_PRIVACY_URL</c>.</summary>
    [StringLength(2048, ErrorMessage = "has at most 2048 characters.")]
    public string? PrivacyUrl { get; set; }

    /// <summary>What is new in this version of the agreement, in a sentence or two; shown to whoever accepted an older one. Flat name <c>AIMAKE_AGREEMENT_CHANGES</c>.</summary>
    [StringLength(2000, ErrorMessage = "has at most 2000 characters.")]
    public string? AgreementChanges { get; set; }

    /// <summary>The same in Chinese; where it is missing, <see cref="AgreementChanges"/> is shown. Flat name <c>AIMAKE_AGREEMENT_CHANGES_ZH</c>.</summary>
    [StringLength(2000, ErrorMessage = "has at most 2000 characters.")]
    public string? AgreementChangesZh { get; set; }

    /// <summary>Life of an unused set-up link (default 7 days); a restart prints a new one.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00", ErrorMessage = "must be between 1 minute and 365 days.")]
    public TimeSpan SetupLinkLife { get; set; } = TimeSpan.FromDays(7);

    /// <summary>An address that people are told to open is one of the web: anything else would run in our own pages.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, value) in new[] { (nameof(TermsUrl), TermsUrl), (nameof(PrivacyUrl), PrivacyUrl) })
        {
            if (value is { Length: > 0 } && !(Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            {
                yield return new ValidationResult("must be an address that begins with https:// or http://.", [name]);
            }
        }
    }
}
