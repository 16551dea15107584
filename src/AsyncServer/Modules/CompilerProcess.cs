using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace AsyncServer.Modules;

/// <summary>
/// A running <c>asyncserver compile --serve</c>. It gets a script's name on a line, and answers with a line of the exit code and the number
/// of characters, and as many characters of text: what it has to say, or an assembly that no cache folder takes. It lives as long as its
/// standard input is open, so that it never outlives this process.
/// </summary>
internal sealed class CompilerProcess : IDisposable
{
    /// <summary>That of its input and output.</summary>
    internal static readonly UTF8Encoding Encoding = new(encoderShouldEmitUTF8Identifier: false);

    // A script takes a second or two; one that takes longer than this hangs.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private const string HasEnded = "the compiler has ended; what it said about that is on the console";

    private readonly Process _process;
    private readonly TimeProvider _time;

    private CompilerProcess(Process process, TimeProvider time)
    {
        _process = process;
        _time = time;
    }

    internal int Id => _process.Id;

    /// <exception cref="IOException">It cannot be started.</exception>
    internal static CompilerProcess Start(string folder, bool isDebug, TimeProvider time)
    {
        try
        {
            return new CompilerProcess(
                Process.Start(Command(["compile", "--web", folder, "--serve", .. isDebug ? ["--debug"] : Array.Empty<string>()]))!, time);
        }
        catch (Win32Exception exception)
        {
            throw new IOException($"the compiler cannot be started: {exception.Message}", exception);
        }
    }

    /// <returns>The assembly if it could not be put into the cache.</returns>
    /// <exception cref="ModuleException">The script does not compile; the message has the errors, a line each.</exception>
    /// <exception cref="IOException">The process broke down; it is of no more use.</exception>
    /// <exception cref="TimeoutException">The process hangs; it is of no more use.</exception>
    internal async Task<UnstoredModule?> CompileAsync(string name, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            var (code, text) = await ExchangeAsync(name).WaitAsync(either.Token); // a read of a pipe may not heed the token itself
            if (code == CompileCommand.NotStored)
                return UnstoredModule.Parse(text);
            return code == ExitCode.Good ? null : throw new ModuleException($"it does not compile:\n{text.TrimEnd()}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"the compiler did not answer in {Patience}");
        }
    }

    public void Dispose()
    {
        _process.Kill(); // of a process that has ended it asks nothing
        _process.Dispose();
    }

    private async Task<(int Code, string Text)> ExchangeAsync(string name)
    {
        try
        {
            await _process.StandardInput.WriteAsync(name + '\n');
            await _process.StandardInput.FlushAsync();
        }
        catch (IOException exception)
        {
            throw new IOException(HasEnded, exception); // before it could read
        }
        string[] head = (await _process.StandardOutput.ReadLineAsync() ?? "").Split(' ');
        if (head.Length != 2 || !int.TryParse(head[0], CultureInfo.InvariantCulture, out int code)
            || !int.TryParse(head[1], CultureInfo.InvariantCulture, out int length))
            throw new IOException(HasEnded);
        char[] text = new char[length];
        return length == 0 || await _process.StandardOutput.ReadBlockAsync(text) == length // which waits for more even if none is asked for
            ? (code, new string(text))
            : throw new IOException("the compiler ended in the middle of its answer");
    }

    // What it says when it breaks down goes to our console.
    private static ProcessStartInfo Command(params string[] arguments)
    {
        var (file, all) = SameProgram.Command(arguments);
        return new ProcessStartInfo(file, all)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardInputEncoding = Encoding,
            StandardOutputEncoding = Encoding,
            Environment = { ["DOTNET_TieredPGO"] = "0" }, // it does not live long enough to profit
        };
    }
}
