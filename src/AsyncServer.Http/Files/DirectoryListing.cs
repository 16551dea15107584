using System.Text;
using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>Reads what of a folder is served.</summary>
internal static class DirectoryListing
{
    /// <summary>A longer list is cut: nobody reads it, and it would have to be held in memory.</summary>
    internal const int MaxEntries = 10_000;

    /// <summary>Reads a folder, on a thread that may wait.</summary>
    /// <param name="root">Where it is.</param>
    /// <param name="folder">Its path below the root, with a slash behind it; empty for the root.</param>
    /// <returns>Null where no such folder can be read.</returns>
    internal static List<ListedEntry>? Read(RootDirectory root, string folder)
    {
        if (root.Open(Terminated(folder.Length == 0 ? "." : folder), out var directory) != FileStatus.Found)
            return null;
        using (directory)
        {
            if (directory!.Facts.Kind != FileKind.Directory)
                return null;
            try
            {
                return [.. directory.ReadNames().Select(name => Describe(root, folder, name)).OfType<ListedEntry>().Take(MaxEntries)];
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return null; // it went away, or there is no /proc
            }
        }
    }

    /// <summary>
    /// Null for what a request would not get either; each is opened as a request would, since nothing else tells where links lead.
    /// </summary>
    private static ListedEntry? Describe(RootDirectory root, string folder, string name)
    {
        if (!FilePath.IsListed(Encoding.UTF8.GetBytes(name)) || root.Open(Terminated(folder + name), out var file) != FileStatus.Found)
            return null;
        using (file)
        {
            var facts = file!.Facts;
            bool isDirectory = facts.Kind == FileKind.Directory;
            bool isServed = isDirectory || (facts.Kind == FileKind.Regular && !FilePath.IsSource(Encoding.UTF8.GetBytes(name)));
            return isServed ? new ListedEntry(name, isDirectory, facts.Size, facts.Modified) : null;
        }
    }

    private static byte[] Terminated(string path) => Encoding.UTF8.GetBytes(path + "\0");
}
