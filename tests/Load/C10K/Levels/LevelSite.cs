
namespace AsyncServer.Load;

/// <summary>What the servers of an experiment serve, and how they are started: one small file, no script modules.</summary>
internal sealed class LevelSite : IAsyncDisposable
{
    // A child process of .NET takes about so much.
    private const long BytesPerProcess = 48L << 20;

    // Enough for the runtime to see what is called often.
    private const int WarmUpRequests = 1000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("asyncserver-c10k-");
    private readonly Guard _guard = Guard.Start();

    public LevelSite()
    {
        Directory.CreateDirectory(Web);
        Directory.CreateDirectory(Root);
        File.WriteAllText(System.IO.Path.Combine(Root, "hello.txt"), "Hello, World!\n");
    }

    public string Path => "/hello.txt";

    private string Root => System.IO.Path.Combine(_folder.FullName, "html");

    private string Web => System.IO.Path.Combine(_folder.FullName, "web");

    /// <summary>The options of the server in a level.</summary>
    public IReadOnlyList<string> OptionsOf(LevelPlan plan) =>
    [
        .. plan.Model.Options, "--root", Root, "--web", Web, "--log-level", "Warning",
        // Idle connections are what the experiment is about: none is to end by itself.
        "--keep-alive-timeout", "3600", "--headers-timeout", "3600",
        .. plan.Model.ProcessPerConnection ? ["--max-connections", $"{MostProcesses}"] : (string[])[],
    ];

    /// <summary>How many child processes the memory has room for.</summary>
    public static long MostProcesses => Math.Max(1, (MachineMemory.AvailableBytes - MachineMemory.ReserveBytes) / BytesPerProcess);

    /// <exception cref="SetupException">It did not start; the message has what it printed.</exception>
    public async Task<ServerProcess> StartServerAsync(LevelPlan plan, CancellationToken cancellation)
    {
        var server = await ServerProcess.StartAsync(
            ServerCommand.Product([.. OptionsOf(plan)]) with { Environment = plan.Model.Environment }, cancellation);
        _guard.Watch(server.Id);
        return server;
    }

    /// <summary>Has the server warm up by asking it again and again on one connection, and learns what the right answer is.</summary>
    /// <exception cref="SetupException">It answers that there is no such file.</exception>
    public async Task<byte[]> WarmUpAsync(ServerProcess server, CancellationToken cancellation)
    {
        using var connection = await ClientConnection.ConnectAsync(server.EndPoint, cancellation);
        byte[] request = ClientConnection.Get(server.EndPoint, Path);
        ClientResponse answer = null!;
        for (int asked = 0; asked < WarmUpRequests; asked++)
            answer = await connection.AskAsync(request, cancellation);
        return answer.Status == 200 ? answer.Body : throw new SetupException($"{Path} is answered with status {answer.Status}");
    }

    public async ValueTask DisposeAsync()
    {
        await _guard.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
