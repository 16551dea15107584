using System.Buffers.Text;
using System.Security.Cryptography;

namespace AsyncServer.Http;

/// <summary>
/// What is remembered of a visitor from one request to the next: names and texts, in a cookie that the visitor can neither read nor change.
/// It holds about 2.5 KB. Requests of one visitor at the same time do not see each other's changes; what is answered last stays.
/// </summary>
/// <remarks>
/// There is no id that could be fixed or guessed, so there is no new one to issue at login: call <see cref="Clear"/> there, which drops
/// what the visitor had before, the CSRF secret too. Nothing is kept on the server either: a copy of an old cookie counts until it expires.
/// </remarks>
public sealed class Session
{
    /// <summary>The form field in which <see cref="IsCsrfTokenValid(Form)"/> looks for the token.</summary>
    public const string CsrfField = "csrf_token";

    /// <summary>Where <see cref="Environ"/> has it.</summary>
    internal const string EnvironKey = "asyncserver.session";

    private const string CsrfSecret = "_csrf";
    private const int SecretSize = 16;

    private readonly Dictionary<string, string> _values;

    internal Session(Dictionary<string, string> values, bool wasSent, bool isAging)
    {
        _values = values;
        (WasSent, IsAging) = (wasSent, isAging);
    }

    /// <summary>A value, or null; null removes it.</summary>
    /// <exception cref="InvalidOperationException">Set after the session was saved, which is when the response begins.</exception>
    public string? this[string name]
    {
        get
        {
            IsUsed = true;
            return _values.GetValueOrDefault(name);
        }
        set
        {
            CheckOpen();
            if (value is null)
                IsChanged |= _values.Remove(name);
            else if (_values.GetValueOrDefault(name) != value)
                (_values[name], IsChanged) = (value, true);
        }
    }

    /// <summary>How many values there are.</summary>
    public int Count => _values.Count;

    /// <summary>
    /// A token for the forms of this visitor, to be sent back in <see cref="CsrfField"/>: another site can have a visitor's browser send a
    /// form, but cannot know the token. It looks different each time, so that compression does not give it away (BREACH), and all count.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is the visitor's first, and the session was saved already.</exception>
    public string CsrfToken
    {
        get
        {
            Span<byte> token = stackalloc byte[2 * SecretSize];
            RandomNumberGenerator.Fill(token[..SecretSize]);
            byte[] secret = Base64Url.DecodeFromChars(
                this[CsrfSecret] ??= Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretSize)));
            for (int i = 0; i < SecretSize; i++)
                token[SecretSize + i] = (byte)(secret[i] ^ token[i]);
            return Base64Url.EncodeToString(token);
        }
    }

    /// <summary>Whether a form carries a token of this session. Answer 403 if it does not.</summary>
    public bool IsCsrfTokenValid(Form form)
    {
        ArgumentNullException.ThrowIfNull(form);
        return IsCsrfTokenValid(form[CsrfField]);
    }

    /// <summary>Whether a text, from a header for example, is a token of this session. It takes as long for every wrong one.</summary>
    public bool IsCsrfTokenValid(string? token)
    {
        Span<byte> sent = stackalloc byte[2 * SecretSize];
        if (token is null || this[CsrfSecret] is not { } text
            || !Base64Url.IsValid(token, out int size) || size != sent.Length)
        {
            return false;
        }
        Base64Url.DecodeFromChars(token, sent);
        for (int i = 0; i < SecretSize; i++)
            sent[i] ^= sent[SecretSize + i];
        return CryptographicOperations.FixedTimeEquals(sent[..SecretSize], Base64Url.DecodeFromChars(text));
    }

    /// <summary>Removes a value.</summary>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="InvalidOperationException">The session was saved already.</exception>
    public bool Remove(string name)
    {
        CheckOpen();
        bool wasThere = _values.Remove(name);
        IsChanged |= wasThere;
        return wasThere;
    }

    /// <summary>Removes everything, which has the browser drop the cookie unless something is set afterwards.</summary>
    /// <exception cref="InvalidOperationException">The session was saved already.</exception>
    public void Clear()
    {
        CheckOpen();
        IsChanged |= _values.Count > 0;
        _values.Clear();
    }

    internal Dictionary<string, string> Contents => _values;

    /// <summary>Whether the request brought one, good or not.</summary>
    internal bool WasSent { get; }

    /// <summary>Whether it must be renewed before it expires.</summary>
    internal bool IsAging { get; }

    /// <summary>Whether the app has looked at it, so that the response depends on the cookie.</summary>
    internal bool IsUsed { get; private set; }

    internal bool IsChanged { get; private set; }

    internal bool IsSaved { get; set; }

    private void CheckOpen()
    {
        IsUsed = true;
        if (IsSaved)
        {
            throw new InvalidOperationException(
                "The session was saved when the response began; change it before the app returns its body, calls write, or gives the "
                    + "first piece of a sequence.");
        }
    }
}
