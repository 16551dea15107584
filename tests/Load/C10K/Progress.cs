using System.Globalization;

namespace AsyncServer.Load;

/// <summary>Shows how far a phase is: a bar that moves on a terminal, a line every few seconds elsewhere.</summary>
internal sealed class Progress(TextWriter output, bool isTerminal, TimeProvider time)
{
    private const int BarWidth = 30;
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    private string _label = "";
    private long _whole;
    private long _begun;
    private long _shown;
    private long _done;
    private long _failed;

    public void Begin(string label, long whole)
    {
        (_label, _whole, _done, _failed) = (label, whole, 0, 0);
        _begun = _shown = time.GetTimestamp();
    }

    public void Show(long done, long failed)
    {
        (_done, _failed) = (done, failed);
        if (isTerminal)
            output.Write($"\r{Line()}");
        else if (time.GetElapsedTime(_shown) >= LineInterval)
        {
            _shown = time.GetTimestamp();
            output.WriteLine(Line());
        }
    }

    public void End() => output.WriteLine(isTerminal ? $"\r{Line()}" : Line());

    /// <summary>A bar of so many characters.</summary>
    public static string Bar(long done, long whole, int width)
    {
        int filled = whole <= 0 ? width : (int)Math.Clamp(done * width / whole, 0, width);
        return new string('#', filled).PadRight(width, '.');
    }

    private string Line() => string.Create(CultureInfo.InvariantCulture,
        $"  {_label,-40} {(isTerminal ? $"[{Bar(_done, _whole, BarWidth)}] " : "")}{_done,9:N0} of {_whole:N0}, {_failed:N0} failed, "
            + $"{time.GetElapsedTime(_begun).TotalSeconds:0.0} s  ");
}
