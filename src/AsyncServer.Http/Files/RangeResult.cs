namespace AsyncServer.Http;

/// <summary>What a Range header comes to.</summary>
internal enum RangeResult
{
    /// <summary>As if it were not there: malformed, another unit, or more ranges than anybody needs.</summary>
    Ignored,

    /// <summary>At least one range lies in the representation.</summary>
    Satisfiable,

    /// <summary>None does: 416.</summary>
    Unsatisfiable,
}
