namespace AsyncServer.Fuzz;

/// <summary>A final response as a strict client reads it.</summary>
/// <param name="Status">200 and above.</param>
/// <param name="Headers">In their order.</param>
/// <param name="Body">Without its chunked coding.</param>
/// <param name="Interim">Responses below 200 that came before it.</param>
/// <param name="EndsConnection">Whether it says so, or has no other end.</param>
internal sealed record Answer(int Status, IReadOnlyList<(string Name, string Value)> Headers, string Body, int Interim, bool EndsConnection)
{
    internal string? this[string name] =>
        Headers.FirstOrDefault(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}
