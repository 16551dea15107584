using System.Net.Sockets;

namespace AsyncServer.Bench;

/// <summary>A server started several times in each round: how long from starting the process until its first answer is whole.</summary>
internal sealed class StartTrial : ITrial
{
    /// <summary>A start is short; the median of some is steadier than one.</summary>
    private const int StartsPerRound = 3;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(1);
    private static readonly TimeProvider Time = TimeProvider.System;

    private readonly ServerCommand _command;
    private readonly string _path;

    private StartTrial(ServerCommand command, string path)
    {
        _command = command;
        _path = path;
    }

    /// <summary>Starts it once and asks for what it may have to compile, so that caches are warm.</summary>
    public static async Task<ITrial> PrepareAsync(ServerCommand command, string path, CancellationToken cancellation)
    {
        var trial = new StartTrial(command, path);
        await using var server = ServerProcess.Launch(command);
        foreach (string warmed in (string[])(command.CountsAllocations ? [path, AppProgram.AllocatedPath] : [path]))
            await AnswerAsync(server, warmed, cancellation);
        return trial;
    }

    public async Task<Reading> MeasureAsync(CancellationToken cancellation)
    {
        var starts = new List<double>();
        while (starts.Count < StartsPerRound)
            starts.Add((await StartAsync(cancellation)).TotalMilliseconds);
        return new Reading(new Dictionary<Quantity, double> { [Quantity.FirstAnswer] = new Samples(starts).Median });
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<TimeSpan> StartAsync(CancellationToken cancellation)
    {
        long started = Time.GetTimestamp();
        await using var server = ServerProcess.Launch(_command);
        await AnswerAsync(server, _path, cancellation);
        return Time.GetElapsedTime(started); // before the server is ended
    }

    private static async Task AnswerAsync(ServerProcess server, string path, CancellationToken cancellation)
    {
        byte[] request = ClientConnection.Get(server.EndPoint, path);
        for (long started = Time.GetTimestamp(); ;)
        {
            try
            {
                using var connection = await ClientConnection.ConnectAsync(server.EndPoint, cancellation);
                var answer = await connection.AskAsync(request, cancellation);
                if (answer.Status != 200)
                    throw new SetupException($"{server.Name} answers {path} with status {answer.Status}");
                return;
            }
            catch (SocketException)
            {
                // refused: not listening yet
                await server.RequireStartingAsync(Time.GetElapsedTime(started));
                await Task.Delay(RetryInterval, Time, cancellation);
            }
        }
    }
}
