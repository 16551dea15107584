// Fetches many pages, three at a time, and says of each how it went as soon as it is there.
//     dotnet run -c Release --project src/AsyncServer                                    the sample site
//     dotnet run -c Release --project samples/Downloader -- http://localhost:8888/ http://localhost:8888/say_hello.py
using AsyncServer.Runtime;

if (args.Length == 0)
{
    Console.Error.WriteLine("usage: Downloader URL ...");
    return 2;
}

using var client = new HttpClient();

return Hub.Run(async () =>
{
    int failures = 0;
    await using var pool = new CoroutinePool(size: 3);
    await foreach (var (url, size, error) in pool.MapUnordered(args, FetchAsync))
    {
        Console.WriteLine(error is null ? $"{size} bytes from {url}" : $"{url}: {error}");
        failures += error is null ? 0 : 1;
    }
    return failures == 0 ? 0 : 1;
});

// HttpClient knows nothing of hubs. That does not matter: whatever is awaited, the coroutine goes on on its own hub.
async Task<(string Url, int Size, string? Error)> FetchAsync(string url)
{
    try
    {
        byte[] page = await Coroutine.WithTimeoutAsync(TimeSpan.FromSeconds(10),
            cancellation => client.GetByteArrayAsync(url, cancellation));
        return (url, page.Length, null);
    }
    catch (Exception exception) when (exception is HttpRequestException or TimeoutException)
    {
        return (url, 0, exception.Message);
    }
}
