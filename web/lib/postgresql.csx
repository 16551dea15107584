using System.Data.Common;
using Npgsql;

/// <summary>PostgreSQL. The driver never blocks, and keeps a pool of connections for each connection string.</summary>
sealed class PostgresDatabase(string connectionString, Func<DbConnection, Task> setUpAsync) : Database(setUpAsync)
{
    private readonly string _connectionString = new NpgsqlConnectionStringBuilder(connectionString).ConnectionString;

    protected override async Task<T> ConnectAsync<T>(Func<DbConnection, Task<T>> work)
    {
        await using var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync();
        return await work(connection);
    }

    public static bool IsUrl(string text) =>
        text.StartsWith("postgresql://", StringComparison.Ordinal) || text.StartsWith("postgres://", StringComparison.Ordinal);

    /// <summary>What the driver calls <c>postgresql://user:password@host:port/database?sslmode=require</c>.</summary>
    public static string FromUrl(string text)
    {
        var url = new Uri(text);
        var parts = new NpgsqlConnectionStringBuilder();
        if (url.Host.Length > 0)
            parts.Host = url.IdnHost.Trim('[', ']');
        if (url.Port > 0)
            parts.Port = url.Port;
        if (url.AbsolutePath.Trim('/') is { Length: > 0 } database)
            parts.Database = Uri.UnescapeDataString(database);
        string[] user = url.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
            parts.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length == 2)
            parts.Password = Uri.UnescapeDataString(user[1]);
        foreach (var (name, values) in Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(url.Query))
            parts[name] = name == "sslmode" ? values.ToString().Replace("-", "", StringComparison.Ordinal) : values.ToString(); // verify-full is VerifyFull here
        return parts.ConnectionString;
    }
}
