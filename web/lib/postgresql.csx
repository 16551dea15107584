using System.Data.Common;
using Npgsql;

/// <summary>PostgreSQL. The driver never blocks, and keeps a pool of connections for each connection string.</summary>
sealed class PostgresDatabase(string connectionString, Func<Database, DbConnection, Task> setUpAsync) : Database(setUpAsync)
{
    private readonly string _connectionString = new NpgsqlConnectionStringBuilder(connectionString).ConnectionString;

    // Any number that no other program takes for such a lock in the same database.
    public override string TakeTurn => "SELECT pg_advisory_xact_lock(7090010001)";

    protected override async Task<T> ConnectAsync<T>(Func<DbConnection, Task<T>> work)
    {
        await using var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync();
        return await work(connection);
    }
}
