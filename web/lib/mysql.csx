using System.Data.Common;
using MySqlConnector;

/// <summary>MySQL or MariaDB. The driver never blocks, and keeps a pool of connections for each connection string.</summary>
sealed class MySqlDatabase(string connectionString, Func<Database, DbConnection, Task> setUpAsync) : Database(setUpAsync)
{
    private readonly string _connectionString = new MySqlConnectionStringBuilder(connectionString).ConnectionString;

    public override string TableOptions => "CHARACTER SET utf8mb4";

    // For the session: making a table ends a transaction here, and with it what that has locked.
    public override string TakeTurn => "SELECT GET_LOCK('asyncserver', 60)";

    public override string EndTurn => "SELECT RELEASE_LOCK('asyncserver')";

    public override string Quote(string name) => $"`{name}`";

    public override string UnlessThere(string key) => $"ON DUPLICATE KEY UPDATE {key} = VALUES({key})";

    protected override async Task<T> ConnectAsync<T>(Func<DbConnection, Task<T>> work)
    {
        await using var connection = new MySqlConnection(_connectionString);
        await connection.OpenAsync();
        return await work(connection);
    }
}
