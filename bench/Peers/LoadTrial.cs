using System.Globalization;
using System.Text;

namespace AsyncServer.Bench;

/// <summary>A server that runs through all rounds and gets load from wrk in each.</summary>
internal sealed class LoadTrial : ITrial
{
    private readonly ServerProcess _server;
    private readonly Wrk _load;
    private readonly TimeSpan _duration;
    private readonly bool _countsAllocations;
    private readonly int _answerSize;

    private LoadTrial(ServerProcess server, Wrk load, TimeSpan duration, bool countsAllocations, int answerSize)
    {
        _server = server;
        _load = load;
        _duration = duration;
        _countsAllocations = countsAllocations;
        _answerSize = answerSize;
    }

    /// <summary>
    /// Starts the server, checks its answer, and warms it up. Where it revalidates, the requests carry the entity tag of what the server
    /// has.
    /// </summary>
    public static async Task<ITrial> PrepareAsync(ServerCommand command, Wrk load, bool revalidates, PeersPlan plan,
        CancellationToken cancellation)
    {
        var server = await ServerProcess.StartAsync(command, cancellation);
        try
        {
            if (revalidates)
                load = load with { Headers = [$"If-None-Match: {await EntityTagAsync(server, load.Path, cancellation)}"], Status = 304 };
            int size = await load.AnswerSizeAsync(server, cancellation);
            await load.RunAsync(server, plan.WarmUp, cancellation);
            return new LoadTrial(server, load, plan.Duration, command.CountsAllocations, size);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async Task<Reading> MeasureAsync(CancellationToken cancellation)
    {
        long before = await AllocatedAsync(cancellation);
        var round = await Round.MeasureAsync(_server, _load, _duration, cancellation);
        var reading = Reading.Of(round, _server).With(Quantity.AnswerSize, _answerSize);
        return _countsAllocations
            ? reading.With(Quantity.Allocated, (await AllocatedAsync(cancellation) - before) / (double)round.Load.Requests)
            : reading;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>What the process says it has allocated since its start; 0 where it does not say.</summary>
    private async Task<long> AllocatedAsync(CancellationToken cancellation)
    {
        if (!_countsAllocations)
            return 0;
        using var connection = await ClientConnection.ConnectAsync(_server.EndPoint, cancellation);
        var answer = await connection.AskAsync(ClientConnection.Get(_server.EndPoint, AppProgram.AllocatedPath), cancellation);
        return answer.Status == 200
            ? long.Parse(Encoding.ASCII.GetString(answer.Body), NumberStyles.None, CultureInfo.InvariantCulture)
            : throw new SetupException($"{_server.Name} answers {AppProgram.AllocatedPath} with status {answer.Status}");
    }

    private static async Task<string> EntityTagAsync(ServerProcess server, string path, CancellationToken cancellation)
    {
        using var connection = await ClientConnection.ConnectAsync(server.EndPoint, cancellation);
        var answer = await connection.AskAsync(ClientConnection.Get(server.EndPoint, path), cancellation);
        return answer.EntityTag ?? throw new SetupException($"{server.Name} sends no ETag with {path}");
    }
}
