using System.Globalization;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace AsyncServer.Modules;

/// <summary>The other side of <see cref="CompilerProcess"/>: compiles the scripts that are named on its input, until that ends.</summary>
internal static class CompileService
{
    internal static int Run(string folder, bool isDebug)
    {
        // A terminal's Ctrl+C and a service manager's SIGTERM reach all processes of the server: this one ends after it, with its input.
        static void Ignore(PosixSignalContext context) => context.Cancel = true;
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ignore);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ignore);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Ignore);

        using var input = new StreamReader(Console.OpenStandardInput(), CompilerProcess.Encoding);
        using var output = new StreamWriter(Console.OpenStandardOutput(), CompilerProcess.Encoding);
        Serve(folder, isDebug, input, output);
        return ExitCode.Good;
    }

    /// <summary>Returns when the input ends, also in the middle of a compilation: nobody waits for it any more.</summary>
    private static void Serve(string folder, bool isDebug, TextReader input, TextWriter output)
    {
        var names = Channel.CreateUnbounded<string>();
        _ = Task.Run(async () =>
        {
            await foreach (string name in names.Reader.ReadAllAsync())
                Answer(folder, name, isDebug, output);
        });
        while (input.ReadLine() is { } name)
            names.Writer.TryWrite(name);
    }

    private static void Answer(string folder, string name, bool isDebug, TextWriter output)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        int code;
        try
        {
            UnstoredModule? unstored = null;
            code = CompileCommand.Run(folder, name, isDebug, text,
                (source, assembly) => unstored = new UnstoredModule(source.Hash, assembly));
            if (unstored is not null)
            {
                code = CompileCommand.NotStored;
                text.GetStringBuilder().Clear().Append(unstored);
            }
        }
        catch (Exception exception)
        {
            // The compiler has a defect that this script hits: who wrote the script should know of it.
            text.Write(exception);
            code = ExitCode.Failed;
        }
        try
        {
            output.Write(string.Create(CultureInfo.InvariantCulture, $"{code} {text.GetStringBuilder().Length}\n{text}"));
            output.Flush();
        }
        catch (IOException) { /* the server has ended, and the input will */ }
    }
}
