#load "sqlite.csx"
#load "postgresql.csx"
#load "mysql.csx"

using System.Data.Common;
using System.Net.Sockets;

/// <summary>
/// The database does not do what it should: it is away, its file cannot be opened, a statement fails. The message is for the log alone.
/// </summary>
sealed class DatabaseFailure(Exception cause) : Exception(
    cause.InnerException is null ? cause.Message : $"{cause.Message} {cause.InnerException.Message}", cause);

/// <summary>URLs of databases, such as <c>postgresql://user:password@host:port/database?sslmode=require</c>.</summary>
static class DatabaseUrl
{
    /// <returns>What the drivers of servers call its parts; null for what is no such URL.</returns>
    public static DbConnectionStringBuilder? Read(string text, out string? scheme)
    {
        bool isUrl = text.Contains("://", StringComparison.Ordinal) && Uri.TryCreate(text, UriKind.Absolute, out _);
        scheme = isUrl ? new Uri(text).Scheme : null;
        if (scheme is not ("postgresql" or "postgres" or "mysql" or "mariadb"))
            return null;
        var url = new Uri(text);
        var parts = new DbConnectionStringBuilder();
        if (url.Host.Length > 0)
            parts[scheme is "mysql" or "mariadb" ? "Server" : "Host"] = url.IdnHost.Trim('[', ']');
        if (url.Port > 0)
            parts["Port"] = url.Port;
        if (url.AbsolutePath.Trim('/') is { Length: > 0 } database)
            parts["Database"] = Uri.UnescapeDataString(database);
        string[] user = url.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
            parts["Username"] = Uri.UnescapeDataString(user[0]);
        if (user.Length == 2)
            parts["Password"] = Uri.UnescapeDataString(user[1]);
        foreach (var (name, values) in Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(url.Query))
            // verify-full is VerifyFull there
            parts[name] = name == "sslmode" ? values.ToString().Replace("-", "", StringComparison.Ordinal) : values.ToString();
        return parts;
    }
}

/// <summary>Connections to a database whose tables are made and filled when it is first used.</summary>
abstract class Database(Func<Database, DbConnection, Task> setUpAsync)
{
    private readonly Lock _lock = new();
    private Task? _ready;

    /// <summary>
    /// The one that ASYNCSERVER_DATABASE names: PostgreSQL (Host=... or a URL), MySQL or MariaDB (Server=... or a URL), or a file of SQLite
    /// (Data Source=...); without it, a file in <paramref name="folder"/>.
    /// </summary>
    public static Database FromEnvironment(string folder, Func<Database, DbConnection, Task> setUpAsync)
    {
        string? text = Environment.GetEnvironmentVariable("ASYNCSERVER_DATABASE");
        if (string.IsNullOrWhiteSpace(text))
            return new SqliteDatabase(Path.Combine(folder, "asyncserver.db"), setUpAsync);
        var parts = DatabaseUrl.Read(text, out string? scheme) ?? new DbConnectionStringBuilder { ConnectionString = text };
        if (scheme is "postgresql" or "postgres" || parts.ContainsKey("Host"))
            return new PostgresDatabase(parts.ConnectionString, setUpAsync);
        return scheme is "mysql" or "mariadb" || parts.ContainsKey("Server")
            ? new MySqlDatabase(parts.ConnectionString, setUpAsync)
            : SqliteDatabase.Of(parts.ConnectionString, setUpAsync);
    }

    // What differs in their SQL.

    /// <summary>Ends a CREATE TABLE.</summary>
    public virtual string TableOptions => "";

    /// <summary>Waits until no other process or hub prepares the database; null where a transaction does.</summary>
    public virtual string? TakeTurn => null;

    /// <summary>Lets the next one; null where the end of the transaction does.</summary>
    public virtual string? EndTurn => null;

    /// <summary>A name that is a word of SQL.</summary>
    public virtual string Quote(string name) => $"\"{name}\"";

    /// <summary>Ends an INSERT that leaves a row with the same key as it is.</summary>
    public virtual string UnlessThere(string key) => $"ON CONFLICT ({key}) DO NOTHING";

    /// <summary>Has a connection do something; the hub goes on meanwhile.</summary>
    /// <exception cref="DatabaseFailure">The database failed; the next call tries again.</exception>
    public async Task<T> UseAsync<T>(Func<DbConnection, Task<T>> work)
    {
        try
        {
            await ReadyAsync();
            return await ConnectAsync(work);
        }
        catch (Exception exception)
            when (exception is DbException or IOException or SocketException or TimeoutException or UnauthorizedAccessException)
        {
            lock (_lock)
                _ready = null; // whatever it was, tables may be missing when it is over
            throw new DatabaseFailure(exception);
        }
    }

    protected abstract Task<T> ConnectAsync<T>(Func<DbConnection, Task<T>> work);

    protected virtual Task PrepareAsync() => ConnectAsync(async connection =>
    {
        await setUpAsync(this, connection);
        return true;
    });

    // One attempt for all who wait; after a failed one, whoever comes next starts another. Off the hub: a driver's first use takes a while.
    private Task ReadyAsync()
    {
        lock (_lock)
            return _ready is { IsFaulted: false } ready ? ready : _ready = Task.Run(PrepareAsync);
    }
}
