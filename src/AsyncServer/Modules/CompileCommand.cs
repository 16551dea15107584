namespace AsyncServer.Modules;

/// <summary>What <c>asyncserver compile</c> does: fills the cache. The server has it run in a process of its own.</summary>
internal static class CompileCommand
{
    /// <summary>The code of an answer to the server that has the assembly itself, since no cache folder takes it.</summary>
    internal const int NotStored = 2;

    // A script that is saved while it is read is read again; nobody saves so often.
    private const int Attempts = 3;

    /// <param name="folder">The web folder.</param>
    /// <param name="module">The one to compile, such as <c>admin/users.csx</c>; null for all, without those that others only load.</param>
    /// <param name="isDebug">Whether to compile without optimization.</param>
    /// <param name="output">Receives a line for each module that is compiled, and for each error.</param>
    /// <param name="keep">Takes an assembly that no cache folder takes; null where that is an error.</param>
    /// <returns>The exit code.</returns>
    internal static int Run(string folder, string? module, bool isDebug, TextWriter output, Action<ModuleSource, byte[]>? keep = null)
    {
        var cache = new ModuleCache(folder);
        bool isWhole = true;
        try
        {
            foreach (string name in module is null ? ModuleFolder.FindAll(folder) : [module])
                isWhole &= Compile(ModuleSource.Read(folder, name, isDebug), cache, output, keep);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            output.WriteLine($"{folder}: {exception.Message}");
            return ExitCode.Failed;
        }
        return isWhole ? ExitCode.Good : ExitCode.Failed;
    }

    private static bool Compile(ModuleSource source, ModuleCache cache, TextWriter output, Action<ModuleSource, byte[]>? keep)
    {
        string file = Path.Combine(source.Folder, source.Name);
        for (int attempt = 1; ; attempt++)
        {
            if (cache.Find(source) is not null)
            {
                output.WriteLine($"{file}: is compiled");
                return true;
            }
            var errors = new List<string>();
            byte[]? assembly = ModuleCompiler.Compile(source, errors);
            var now = ModuleSource.Read(source.Folder, source.Name, source.IsDebug); // the compiler has read the loaded files by itself
            if (now.Hash != source.Hash && attempt < Attempts)
            {
                source = now;
                continue;
            }
            foreach (string error in errors)
                output.WriteLine(error);
            if (assembly is null || now.Hash != source.Hash)
                return false;
            try { cache.Store(source, assembly); }
            catch (IOException) when (keep is not null) { keep(source, assembly); }
            output.WriteLine($"{file}: compiled");
            return true;
        }
    }
}
