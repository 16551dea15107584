namespace AsyncServer.Unit.Http.EndToEnd;

/// <summary>Tests that measure the whole process: none runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    internal const string Name = "alone";
}
