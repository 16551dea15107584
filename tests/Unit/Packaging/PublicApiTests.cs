using System.Reflection;
using AsyncServer.Http;
using AsyncServer.Runtime;
using AsyncServer.Unit.Program;

namespace AsyncServer.Unit.Packaging;

public sealed class PublicApiTests
{
    // Not ASYNCSERVER_...: those are settings of the program, which the other tests start.
    private const string AcceptVariable = "ACCEPT_PUBLIC_API";

    public static TheoryData<Assembly> Libraries => [typeof(Hub).Assembly, typeof(HttpServer).Assembly];

    [Theory]
    [MemberData(nameof(Libraries), DisableDiscoveryEnumeration = true)]
    public async Task PublicApi_BesideItsSnapshot_IsTheSame(Assembly library)
    {
        var cancellation = TestContext.Current.CancellationToken;
        string file = Path.Combine("src", library.GetName().Name!, "PublicApi.txt");
        string path = Path.Combine(ServerProgram.RepositoryRoot, file);
        string now = PublicApi.Of(library);
        if (Environment.GetEnvironmentVariable(AcceptVariable) == "1")
            await File.WriteAllTextAsync(path, now, cancellation);

        string accepted = File.Exists(path) ? await File.ReadAllTextAsync(path, cancellation) : "";
        string difference = Difference(accepted.Split('\n'), now.Split('\n'));
        Assert.True(accepted == now,
            $"The public API is not the one in {file}:\n{difference}If it should be so, run the tests with {AcceptVariable}=1, which "
            + "writes the file, and commit it.");
    }

    [Fact]
    public void PublicApi_OfOneOfEachKind_ReadsAsCSharp()
    {
        const string expected = """
        namespace AsyncServer.Unit.Packaging

        public abstract class ApiExample<T> : IDisposable where T : struct
            public const int Size = 4096
            protected readonly string _name
            protected ApiExample(string name = null)
            public bool IsReady { get; init; }
            public ref readonly T this[int index] { get; }
            public T? Value { get; protected set; }
            public event Action Changed
            public virtual void Dispose()
            public static TOther Make<TOther>(in T first, ref int second, out long third, params string[] rest) where TOther : class, new()
            protected abstract ValueTask<(int, string)[]> ReadAsync(CancellationToken cancellation = default)
            public override string ToString()
            public static implicit operator ApiExample<T>(T value)

        public readonly ref struct ApiExample<T>.Nested where T : struct
            public required ReadOnlySpan<byte> Data { get; init; }

        """;
        Assert.Equal(expected, PublicApi.Of([typeof(ApiExample<>), typeof(ApiExample<>.Nested)]));
    }

    // Lines that only one of the two has, under the type that they belong to; the order is the file's own.
    private static string Difference(string[] accepted, string[] now)
    {
        var gone = Named(accepted).Except(Named(now)).Select(static line => "- " + line);
        var added = Named(now).Except(Named(accepted)).Select(static line => "+ " + line);
        return string.Concat(gone.Concat(added).Select(static line => line + "\n"));
    }

    private static IEnumerable<string> Named(string[] lines)
    {
        string type = "";
        foreach (string line in lines)
        {
            if (line.Length == 0)
                continue;
            bool isMember = line[0] == ' ';
            if (!isMember)
                type = line;
            yield return isMember ? $"{type} | {line.Trim()}" : line;
        }
    }
}
