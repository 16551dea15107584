using System.Net.Sockets;
using System.Text;

namespace AsyncServer.Fuzz;

/// <summary>Collects what a server sends until it ends the connection.</summary>
internal sealed class Receiving(Socket socket, IReadOnlyList<string> methods)
{
    private readonly StringBuilder _text = new();
    private readonly TaskCompletionSource _hasAnswers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile int _wanted = int.MaxValue;

    internal string Text { get { lock (_text) return _text.ToString(); } }

    /// <summary>Completes when so many whole answers are there, or no more will come.</summary>
    internal Task HasAnswers(int count)
    {
        _wanted = count;
        Look();
        return _hasAnswers.Task;
    }

    internal async Task RunAsync(CancellationToken cancellation)
    {
        byte[] piece = new byte[16 * 1024];
        try
        {
            for (int count; (count = await socket.ReceiveAsync(piece, cancellation)) > 0;)
            {
                lock (_text)
                    _text.Append(Encoding.Latin1.GetString(piece, 0, count));
                Look();
            }
        }
        catch (SocketException)
        {
            // A reset: whether the answers before it are whole is for the verdict.
        }
        finally
        {
            _hasAnswers.TrySetResult();
        }
    }

    private void Look()
    {
        if (_wanted == int.MaxValue || _hasAnswers.Task.IsCompleted)
            return;
        try
        {
            if (new AnswerReader(Text, methods, isOver: false).ReadAll().Count >= _wanted)
                _hasAnswers.TrySetResult();
        }
        catch (FormatException)
        {
            _hasAnswers.TrySetResult(); // the verdict will say so
        }
    }
}
