// A room in which everybody hears everybody else.
//     dotnet run -c Release --project samples/ChatRoom -- 6001
//     nc localhost 6001                                              in two terminals or more
using System.Text;
using AsyncServer.Runtime;

string port = args.Length > 0 ? args[0] : "6001";

// What is still to be sent to each member. One hub, one thread: nothing here needs a lock.
var inboxes = new Dictionary<string, JoinableQueue<string>>();

Hub.Run(async () =>
{
    await using var server = new StreamServer($"127.0.0.1:{port}", TalkAsync) { MaxConnections = 1000 };
    await server.StartAsync();
    Console.WriteLine($"listening on {server.LocalEndPoint}; Ctrl+C ends it");
    await server.ServeForeverAsync();
});

async Task TalkAsync(Connection connection, CancellationToken cancellation)
{
    using var reader = new StreamReader(connection.AsStream());
    await SendAsync(connection, "Who are you?");
    string? name = await reader.ReadLineAsync(cancellation);
    var inbox = new JoinableQueue<string>(maxSize: 100);
    if (name is null || !inboxes.TryAdd(name, inbox))
        return; // gone, or there is one of that name

    // This member's other coroutine. It belongs to this one, so it is killed when this one ends.
    _ = Coroutine.Current!.Group.Spawn(async () =>
    {
        await foreach (string line in inbox)
            await SendAsync(connection, line);
    });
    try
    {
        inbox.TryPut($"Welcome, {name}.");
        Tell(name, "has come");
        while (await reader.ReadLineAsync(cancellation) is { } line)
            Tell(name, $"says: {line}");
    }
    finally
    {
        inboxes.Remove(name);
        Tell(name, "has left");
    }
}

// Nobody waits for a member who does not read: when the inbox is full, that member misses the line.
void Tell(string who, string what)
{
    foreach (var (name, inbox) in inboxes)
        if (name != who)
            inbox.TryPut($"{who} {what}");
}

static ValueTask SendAsync(Connection connection, string line) => connection.SendAsync(Encoding.UTF8.GetBytes(line + "\n"));
