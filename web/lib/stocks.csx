#load "database.csx"

using System.Data.Common;
using Dapper;

/// <summary>
/// A row of the pages. Prices are in cents, rates in hundredths of a percent: whole numbers, which every database keeps alike.
/// </summary>
/// <param name="Note">What stands beside it in the favourites; null where it is none.</param>
sealed record Stock(string Code, string Name, long Price, long Change, long Turnover, long High, string? Note);

/// <summary>The stocks and the favourites among them.</summary>
/// <remarks>
/// Rows are read as tuples and parameters given in dictionaries: Dapper keeps the types that it has seen for ever, and with a type of this
/// script it would keep every version of it.
/// </remarks>
sealed class Stocks
{
    // Made up, companies and all.
    private static readonly Stock[] First =
    [
        new("600107", "莲花轨道 Lotus Rail", 1846, 312, 278, 1902, null),
        new("600215", "青山水泥 Green Hill Cement", 932, -86, 141, 1120, null),
        new("600388", "长桥港务 Long Bridge Ports", 2715, 45, 63, 2790, null),
        new("600512", "云帆软件 Cloudsail Software", 6830, 998, 1245, 6830, null),
        new("600640", "白鹭医药 Egret Pharma", 4120, -275, 522, 5388, null),
        new("600731", "金穗农业 Golden Ear Farms", 768, 0, 97, 915, null),
        new("600889", "北辰电力 Polaris Power", 1103, 118, 205, 1131, null),
        new("601026", "海棠食品 Begonia Foods", 3355, -142, 334, 3720, null),
        new("601144", "竹溪纸业 Bamboo Creek Paper", 541, 560, 1880, 566, null),
        new("601293", "天工机器人 Skyworks Robotics", 12876, 733, 964, 13100, null),
        new("601377", "明湖旅游 Bright Lake Travel", 1520, -391, 408, 2044, null),
        new("601550", "凌云航空 Cloudreach Air", 889, -12, 156, 1005, null),
    ];

    private readonly Database _database;

    public Stocks(string folder) => _database = Database.FromEnvironment(folder, SetUpAsync);

    public Task<List<Stock>> AllAsync() => ReadAsync("LEFT JOIN");

    public Task<List<Stock>> FavouritesAsync() => ReadAsync("JOIN");

    /// <returns>Whether there is such a stock; one that is a favourite already stays one.</returns>
    public Task<bool> AddAsync(string code) =>
        ChangeAsync($"INSERT INTO favourites (code) SELECT code FROM stocks WHERE code = @code {_database.UnlessThere("code")}", code);

    /// <returns>Whether there is such a stock; nothing happens to one that is no favourite.</returns>
    public Task<bool> RemoveAsync(string code) => ChangeAsync("DELETE FROM favourites WHERE code = @code", code);

    /// <returns>Whether there is such a stock; nothing happens to one that is no favourite.</returns>
    public Task<bool> NoteAsync(string code, string note) =>
        ChangeAsync("UPDATE favourites SET note = @note WHERE code = @code", code, note);

    private Task<bool> ChangeAsync(string change, string code, string note = "") => _database.UseAsync(async connection =>
    {
        var values = new Dictionary<string, object> { ["code"] = code, ["note"] = note };
        long known = await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM stocks WHERE code = @code", values);
        if (known > 0)
            await connection.ExecuteAsync(change, values);
        return known > 0;
    });

    private Task<List<Stock>> ReadAsync(string join) => _database.UseAsync(async connection =>
    {
        var rows = await connection.QueryAsync<(string Code, string Name, long Price, long Change, long Turnover, long High, string? Note)>(
            $"SELECT s.code, s.name, s.price, s.change, s.turnover, s.high, f.note FROM stocks s {join} favourites f ON f.code = "
                + "s.code ORDER BY s.code");
        return rows.Select(row => new Stock(row.Code, row.Name, row.Price, row.Change, row.Turnover, row.High, row.Note)).ToList();
    });

    private static string Tables(Database database) => $"""
        CREATE TABLE IF NOT EXISTS stocks (
            code VARCHAR(16) PRIMARY KEY, name VARCHAR(200) NOT NULL,
            price BIGINT NOT NULL, {database.Quote("change")} BIGINT NOT NULL, turnover BIGINT NOT NULL, high BIGINT NOT NULL)
            {database.TableOptions};
        CREATE TABLE IF NOT EXISTS favourites (
            code VARCHAR(16) PRIMARY KEY REFERENCES stocks (code), note VARCHAR(1000) NOT NULL DEFAULT '') {database.TableOptions};
        """;

    // One after the other, hubs and processes alike: who comes second finds the rows.
    private static async Task SetUpAsync(Database database, DbConnection connection)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        if (database.TakeTurn is { } takeTurn)
            await connection.ExecuteAsync(takeTurn, transaction: transaction);
        await connection.ExecuteAsync(Tables(database), transaction: transaction);
        if (await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM stocks", transaction: transaction) == 0)
        {
            foreach (var stock in First)
            {
                await connection.ExecuteAsync(
                    $"INSERT INTO stocks (code, name, price, {database.Quote("change")}, turnover, high) VALUES (@code, @name, @price, "
                        + $"@change, @turnover, @high)",
                    new Dictionary<string, object>
                    {
                        ["code"] = stock.Code, ["name"] = stock.Name, ["price"] = stock.Price, ["change"] = stock.Change,
                        ["turnover"] = stock.Turnover, ["high"] = stock.High,
                    },
                    transaction);
            }
        }
        await transaction.CommitAsync();
        if (database.EndTurn is { } endTurn)
            await connection.ExecuteAsync(endTurn);
    }
}
