using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;

/// <summary>SQLite in a file, or, where the default one cannot be written, in memory for as long as the server runs.</summary>
sealed class SqliteDatabase : Database
{
    // How long a writer waits for others, in seconds.
    private const int Patience = 10;

    private const int SqliteReadOnly = 8, SqliteCannotOpen = 14;

    private readonly bool _isDefault;
    private string _connectionString;
    private SqliteConnection? _memory; // what is in memory lives as long as a connection to it

    private SqliteDatabase(SqliteConnectionStringBuilder parts, bool isDefault, Func<Database, DbConnection, Task> setUpAsync)
        : base(setUpAsync)
    {
        if (parts.DefaultTimeout == new SqliteConnectionStringBuilder().DefaultTimeout)
            parts.DefaultTimeout = Patience;
        _connectionString = parts.ConnectionString;
        _isDefault = isDefault;
    }

    public SqliteDatabase(string file, Func<Database, DbConnection, Task> setUpAsync)
        : this(new SqliteConnectionStringBuilder { DataSource = file }, isDefault: true, setUpAsync)
    {
    }

    public static SqliteDatabase Of(string connectionString, Func<Database, DbConnection, Task> setUpAsync) =>
        new(new SqliteConnectionStringBuilder(connectionString), isDefault: false, setUpAsync);

    // The driver's async methods block, and have ended when they return: so never on a hub.
    protected override async Task<T> ConnectAsync<T>(Func<DbConnection, Task<T>> work) =>
        Hub.Current is null ? Connect(work) : await Hub.RunBlockingAsync(() => Connect(work));

    protected override async Task PrepareAsync()
    {
        try
        {
            MakeFile(); // preparing is on a thread that may block
            await base.PrepareAsync();
        }
        catch (Exception exception) when (_isDefault && IsNotWritable(exception))
        {
            MoveIntoMemory();
            await base.PrepareAsync();
        }
    }

    private T Connect<T>(Func<DbConnection, Task<T>> work)
    {
        using var connection = new SqliteConnection(_connectionString);
        connection.Open();
        return work(connection).GetAwaiter().GetResult();
    }

    // With a write-ahead log readers and the writer do not wait for each other.
    private void MakeFile()
    {
        if (Path.GetDirectoryName(new SqliteConnectionStringBuilder(_connectionString).DataSource) is { Length: > 0 } folder && _isDefault)
            Directory.CreateDirectory(folder);
        using var connection = new SqliteConnection(_connectionString);
        connection.Open();
        connection.Execute("PRAGMA journal_mode = WAL");
    }

    private void MoveIntoMemory()
    {
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = "asyncserver",
            Mode = SqliteOpenMode.Memory,
            Cache = SqliteCacheMode.Shared,
            DefaultTimeout = Patience,
        }.ConnectionString;
        _memory ??= new SqliteConnection(_connectionString);
        _memory.Open();
    }

    private static bool IsNotWritable(Exception exception) =>
        exception is UnauthorizedAccessException or IOException or SqliteException { SqliteErrorCode: SqliteReadOnly or SqliteCannotOpen };
}
