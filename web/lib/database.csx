#load "sqlite.csx"
#load "postgresql.csx"

using System.Data.Common;
using System.Net.Sockets;

/// <summary>The database does not do what it should: it is away, its file cannot be opened, a statement fails. The message is for the log alone.</summary>
sealed class DatabaseFailure(Exception cause) : Exception(cause.InnerException is null ? cause.Message : $"{cause.Message} {cause.InnerException.Message}", cause);

/// <summary>Connections to a database whose tables are made and filled when it is first used.</summary>
abstract class Database(Func<DbConnection, Task> setUpAsync)
{
    private readonly Lock _lock = new();
    private Task? _ready;

    /// <summary>The one that ASYNCSERVER_DATABASE names: PostgreSQL, or a file of SQLite; without it, a file in <paramref name="folder"/>.</summary>
    public static Database FromEnvironment(string folder, Func<DbConnection, Task> setUpAsync)
    {
        string? text = Environment.GetEnvironmentVariable("ASYNCSERVER_DATABASE");
        if (string.IsNullOrWhiteSpace(text))
            return new SqliteDatabase(Path.Combine(folder, "asyncserver.db"), setUpAsync);
        if (PostgresDatabase.IsUrl(text))
            return new PostgresDatabase(PostgresDatabase.FromUrl(text), setUpAsync);
        var parts = new DbConnectionStringBuilder { ConnectionString = text };
        return parts.ContainsKey("Host") || parts.ContainsKey("Server")
            ? new PostgresDatabase(text, setUpAsync)
            : SqliteDatabase.Of(text, setUpAsync);
    }

    /// <summary>Has a connection do something; the hub goes on meanwhile.</summary>
    /// <exception cref="DatabaseFailure">The database failed; the next call tries again.</exception>
    public async Task<T> UseAsync<T>(Func<DbConnection, Task<T>> work)
    {
        try
        {
            await ReadyAsync();
            return await ConnectAsync(work);
        }
        catch (Exception exception) when (exception is DbException or IOException or SocketException or TimeoutException or UnauthorizedAccessException)
        {
            lock (_lock)
                _ready = null; // whatever it was, tables may be missing when it is over
            throw new DatabaseFailure(exception);
        }
    }

    protected abstract Task<T> ConnectAsync<T>(Func<DbConnection, Task<T>> work);

    protected virtual Task PrepareAsync() => ConnectAsync(async connection =>
    {
        await setUpAsync(connection);
        return true;
    });

    // One attempt for all who wait; after a failed one, whoever comes next starts another. Off the hub: a driver's first use takes a while.
    private Task ReadyAsync()
    {
        lock (_lock)
            return _ready is { IsFaulted: false } ready ? ready : _ready = Task.Run(PrepareAsync);
    }
}
