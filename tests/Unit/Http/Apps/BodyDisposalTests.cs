using System.Collections;
using AsyncServer.Http;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Apps;

/// <summary>PEP 3333 <c>close()</c>: whatever happens to a request, what its body holds is disposed once.</summary>
public sealed class BodyDisposalTests
{
    private const string Get = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

    public enum Kind { Pulled, Awaited, Stream }

    public enum Ending { Whole, Fails, NeverStarted, Head, ClientGone }

    public static TheoryData<Kind, Ending> Cases =>
        [.. from kind in Enum.GetValues<Kind>() from ending in Enum.GetValues<Ending>() select (kind, ending)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Body_HoweverTheRequestEnds_IsDisposedOnce(Kind kind, Ending ending)
    {
        var pieces = new Pieces(endless: ending is Ending.ClientGone or Ending.Head, fails: ending == Ending.Fails);
        await using (var server = new WireServer(routes => routes.Map("/x", (_, startResponse) =>
        {
            if (ending != Ending.NeverStarted)
                startResponse("200 OK", []);
            return kind switch
            {
                Kind.Pulled => Body.From((IEnumerable<byte[]>)pieces),
                Kind.Awaited => Body.From((IAsyncEnumerable<byte[]>)pieces),
                _ => new PiecesStream(pieces),
            };
        })))
        {
            var peer = server.Connect(capacity: 1000);
            await server.SendAsync(peer, ending == Ending.Head ? Get.Replace("GET", "HEAD", StringComparison.Ordinal) : Get);
            if (ending == Ending.ClientGone)
                peer.Reset();
            else
                peer.ShutdownSend();
            string text = await ReceiveAsync(server, peer);
            string? begin = ending switch
            {
                Ending.Fails when kind == Kind.Stream => "HTTP/1.1 500 ",
                Ending.NeverStarted => "HTTP/1.1 500 ",
                Ending.ClientGone => null,
                _ => "HTTP/1.1 200 "
            };
            if (begin is not null)
                Assert.StartsWith(begin, text, StringComparison.Ordinal);
            await server.SettleAsync();
        }
        Assert.Equal(1, pieces.Disposed);
        Assert.Equal(pieces.EnumeratorsMade, pieces.EnumeratorsDisposed);
        Assert.InRange(pieces.EnumeratorsMade, 0, 1);
    }

    [Fact]
    public async Task IteratorMethod_ThatFails_RunsItsFinallyOnce()
    {
        int closed = 0;
        IEnumerable<string> Items()
        {
            try
            {
                yield return "first";
                throw new InvalidOperationException("fails");
            }
            finally
            {
                closed++;
            }
        }
        await using var server = new WireServer(routes => routes.Map("/x", (_, startResponse) =>
        {
            startResponse("200 OK", []);
            return Body.From(Items());
        }));
        var peer = server.Connect();
        await server.SendAsync(peer, Get);
        Assert.EndsWith("5\r\nfirst\r\n", await server.ReceiveToEndAsync(peer), StringComparison.Ordinal);
        Assert.True(peer.WasReset); // cut off without a final chunk
        Assert.Equal(1, closed);
    }

    private static async Task<string> ReceiveAsync(WireServer server, MemoryPeer peer) => await server.ReceiveToEndAsync(peer);

    private sealed class Pieces(bool endless, bool fails) : IEnumerable<byte[]>, IAsyncEnumerable<byte[]>, IDisposable
    {
        internal int Disposed { get; private set; }

        internal int EnumeratorsMade { get; private set; }

        internal int EnumeratorsDisposed { get; private set; }

        internal byte[]? Next(int index) => fails && index == 1 ? throw new InvalidOperationException("fails") : endless
            || index < 3 ? new byte[400] : null;

        public void Dispose() => Disposed++;

        public IEnumerator<byte[]> GetEnumerator()
        {
            EnumeratorsMade++;
            return new Walk(this);
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public IAsyncEnumerator<byte[]> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            EnumeratorsMade++;
            return new Walk(this);
        }

        private sealed class Walk(Pieces pieces) : IEnumerator<byte[]>, IAsyncEnumerator<byte[]>
        {
            private int _index;

            public byte[] Current { get; private set; } = [];

            object IEnumerator.Current => Current;

            public bool MoveNext()
            {
                var next = pieces.Next(_index++);
                Current = next ?? [];
                return next is not null;
            }

            public ValueTask<bool> MoveNextAsync() => new(MoveNext());

            public void Reset() => throw new NotSupportedException();

            public void Dispose() => pieces.EnumeratorsDisposed++;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return default;
            }
        }
    }

    private sealed class PiecesStream(Pieces pieces) : MemoryStream
    {
        private int _index;

        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            byte[]? piece = pieces.Next(_index++);
            piece?.CopyTo(buffer);
            return new ValueTask<int>(piece?.Length ?? 0);
        }

        protected override void Dispose(bool disposing)
        {
            pieces.Dispose();
            base.Dispose(disposing);
        }
    }
}
