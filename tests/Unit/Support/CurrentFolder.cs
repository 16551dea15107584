namespace AsyncServer.Unit.Support;

/// <summary>A temporary folder that is the process's current one meanwhile; tests that use it run alone.</summary>
[CollectionDefinition(nameof(CurrentFolder), DisableParallelization = true)]
public sealed class CurrentFolder : IDisposable
{
    private readonly string _before = Directory.GetCurrentDirectory();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("asyncserver-current-");

    internal CurrentFolder() => Directory.SetCurrentDirectory(_folder.FullName);

    /// <summary>Goes back.</summary>
    public void Dispose()
    {
        Directory.SetCurrentDirectory(_before);
        _folder.Delete(recursive: true);
    }
}
