using AsyncServer.Fuzz;
using AsyncServer.Http;
using AsyncServer.Unit.Http.EndToEnd;

namespace AsyncServer.Unit.Faults;

/// <summary>Conversations that the fuzzer has found, or that it should not have to find again.</summary>
public sealed class FuzzCorpusTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Fuzz", "Corpus");

    // Short, since some of them wait for one.
    private static readonly HttpLimits Limits = new()
    {
        RequestHeadersTimeout = TimeSpan.FromSeconds(2),
        RequestBodyTimeout = TimeSpan.FromSeconds(2),
        KeepAliveTimeout = TimeSpan.FromSeconds(2)
    };

    public static TheoryData<string> Files() =>
        [.. Directory.GetFiles(Folder, "*" + FuzzCase.FileExtension).Select(static file => Path.GetFileName(file))
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Case_OverARealSocket_IsAnsweredRight(string name)
    {
        var fuzzCase = FuzzCase.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, name), TestContext.Current.CancellationToken));
        await using var server = await SocketServer.StartAsync(static routes => routes.MapFallback(EchoSite.AnswerAsync), limits: Limits);
        var conversation = await Conversation.HoldAsync(server.EndPoint, fuzzCase, server.Cancellation);
        Assert.Null(new Verdict(knowsApp: true).Judge(conversation, fuzzCase.End));
        Assert.DoesNotContain(server.Log.Lines, static line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
        await server.WaitForConnectionsAsync(0);
    }
}
