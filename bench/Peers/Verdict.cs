using System.Globalization;

namespace AsyncServer.Bench;

/// <summary>What became of a target.</summary>
/// <param name="Target">The target.</param>
/// <param name="Result">The median and the spread, or that there is none.</param>
/// <param name="IsMet">Null when it was not measured.</param>
internal sealed record Verdict(Target Target, string Result, bool? IsMet)
{
    /// <summary>As a part of the limit.</summary>
    public double MissedBy { get; init; }

    public string Word => IsMet switch
    {
        true => "met",
        false => string.Create(CultureInfo.InvariantCulture, $"missed by {MissedBy * 100:0} %"),
        null => "not measured",
    };
}
