using System.Text.RegularExpressions;

namespace AsyncServer.Modules;

/// <summary>What <c>MODULE:APP</c> says.</summary>
/// <param name="Module">A script's name, or an assembly's or its file.</param>
/// <param name="Member">The script's member, or <c>Namespace.Type.Member</c>.</param>
internal sealed partial record AppName(string Module, string Member)
{
    /// <summary>Null for a text that has another form.</summary>
    internal static AppName? Parse(string text)
    {
        int colon = text.LastIndexOf(':');
        return colon > 0 && !text.Any(char.IsControl)
            && MemberForm().IsMatch(text.AsSpan(colon + 1)) ? new AppName(text[..colon], text[(colon + 1)..]) : null;
    }

    public override string ToString() => $"{Module}:{Member}";

    // A nested type's name has a plus.
    [GeneratedRegex(@"^[\p{L}_]\w*([.+][\p{L}_]\w*)*$")]
    private static partial Regex MemberForm();
}
