using System.Net.Sockets;

namespace AsyncServer.Load;

/// <summary>Files that are replaced, deleted, rewritten and truncated while they are served, from memory and by sendfile.</summary>
internal static class ChangingFiles
{
    private const int Connections = 8;
    private const int RequestsPerConnection = 1250;

    // One that is kept in memory and one that is not.
    private const int Small = 1000;
    private const int Large = 300 * 1024;

    public static Scenario Scenario { get; } = new()
    {
        Name = "changing-files",
        What = $"{Connections} connections ask {Connections * RequestsPerConnection} times for files that change all the time",
        Threshold = "no answer has a wrong byte or a wrong length",
        NeedsFolder = true,
        Run = RunAsync,
    };

    private static async Task RunAsync(ScenarioRun run)
    {
        var (target, cancellation) = (run.Target, run.Cancellation);
        var tally = new Tally();
        ChangingFile[] files =
        [
            new(target.Folder, "replaced-small", Small), new(target.Folder, "replaced-large", Large),
            new(target.Folder, "deleted-small", Small), new(target.Folder, "deleted-large", Large),
            new(target.Folder, "rewritten-small", Small), new(target.Folder, "rewritten-large", Large),
        ];
        foreach (var file in files)
            file.Replace();
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var changes = Task.Run(() => ChangeUntil(files, done.Token), CancellationToken.None);
        await Task.WhenAll(Enumerable.Range(0, Connections)
            .Select(seed => AskManyAsync(target, files, new Random(seed), tally, cancellation)));
        await done.CancelAsync();
        await changes;
        run.CheckRight("changing-files", tally, Connections * RequestsPerConnection);
    }

    private static void ChangeUntil(ChangingFile[] files, CancellationToken done)
    {
        for (int turn = 0; !done.IsCancellationRequested; turn++)
        {
            foreach (var file in files)
                Change(file, turn);
        }
    }

    private static void Change(ChangingFile file, int turn)
    {
        if (file.Name.StartsWith("replaced", StringComparison.Ordinal))
            file.Replace();
        else if (file.Name.StartsWith("deleted", StringComparison.Ordinal) && turn % 2 == 0)
            file.Delete();
        else if (file.Name.StartsWith("rewritten", StringComparison.Ordinal) && turn % 2 == 0)
            file.Truncate();
        else if (file.Name.StartsWith("rewritten", StringComparison.Ordinal))
            file.Rewrite();
        else
            file.Replace();
    }

    private static async Task AskManyAsync(Target target, ChangingFile[] files, Random random, Tally tally, CancellationToken cancellation)
    {
        ClientConnection? connection = null;
        for (int asked = 0; asked < RequestsPerConnection; asked++)
        {
            var file = files[random.Next(files.Length)];
            try
            {
                connection ??= await ClientConnection.ConnectAsync(target.EndPoint, cancellation);
                Check(await connection.AskAsync(ClientConnection.Get(target.EndPoint, "/" + file.Name), cancellation), file, tally);
            }
            catch (Exception failure) when (failure is SocketException or InvalidDataException or TimeoutException)
            {
                connection?.Dispose();
                connection = null;

                // A file that becomes shorter while it is sent cuts the connection off: the client knows that it has not got all.
                if (file.Name.StartsWith("rewritten", StringComparison.Ordinal))
                    tally.CountAnswer();
                else
                    tally.CountErrors($"{file.Name}: {failure.Message}");
            }
        }
        connection?.Dispose();
    }

    private static void Check(ClientResponse answer, ChangingFile file, Tally tally)
    {
        bool mayBeMissing = file.Name.StartsWith("deleted", StringComparison.Ordinal);
        bool mayBeBetween = file.Name.StartsWith("rewritten", StringComparison.Ordinal);
        if (answer.Status == 200 ? file.IsVersion(answer.Body)
            || (mayBeBetween && ChangingFile.IsOfVersions(answer.Body)) : answer.Status == 404 && mayBeMissing)
            tally.CountAnswer();
        else
            tally.CountErrors($"{file.Name}: status {answer.Status}, {answer.Body.Length} bytes that are no version");
    }
}
