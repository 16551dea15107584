using System.Text;
using AsyncServer.Runtime;

namespace AsyncServer.Modules;

/// <summary>
/// The files of a version of a script, with what told them apart just before they were read. Hubs hold them against the file system.
/// </summary>
internal sealed class WatchedFiles
{
    private readonly RootDirectory _root;
    private readonly byte[][] _paths;
    private readonly FileFacts[] _facts; // of those that are not there: the default
    private readonly bool _isSettled;

    internal WatchedFiles(RootDirectory root, string folder, IEnumerable<string> files, DateTimeOffset now)
    {
        string web = Path.GetFullPath(folder);
        _root = root;
        _paths = [.. files.Select(file => Encoding.UTF8.GetBytes(Path.GetRelativePath(web, file) + "\0"))];
        _facts = Array.ConvertAll(_paths, Facts);
        _isSettled = Array.TrueForAll(_facts, facts => FileClock.ShowsNextChange(facts.Changed, now));
    }

    /// <summary>
    /// Whether all are certainly as they were. Of files that changed so recently that another change may not show, nobody can say so.
    /// </summary>
    internal bool AreSame()
    {
        if (!_isSettled)
            return false;
        try
        {
            for (int i = 0; i < _paths.Length; i++)
            {
                if (Facts(_paths[i]) != _facts[i])
                    return false;
            }
            return true;
        }
        catch (IOException)
        {
            return false; // whoever reads them gets the same error, and has the words for it
        }
    }

    private FileFacts Facts(byte[] path) => _root.Stat(path, out var facts) == FileStatus.Found ? facts : default;
}
