using System.Runtime.CompilerServices;

namespace AsyncServer.Http;

/// <summary>Pieces that are there when they are asked for.</summary>
internal sealed class PulledSequence<T>(IEnumerable<T> items, Func<T, ReadOnlyMemory<byte>> bytesOf) : BodySequence
{
    internal override long? Length => items is IList<T> list ? list.Sum(item => (long)bytesOf(item).Length) : null;

    internal override ValueTask DisposeAsync() => DisposeAsync(items);

    internal override async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        IEnumerator<T>? enumerator = null;
        try
        {
            enumerator = items.GetEnumerator();
            while (enumerator.MoveNext())
            {
                yield return bytesOf(enumerator.Current);
                cancellation.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            await EndAsync(enumerator);
        }
    }

    internal override async ValueTask SendAsync(ResponseWriter target, ResponseStart start, CancellationToken cancellation)
    {
        IEnumerator<T>? enumerator = null;
        try
        {
            if (items is IList<T> list)
            {
                await SendListAsync(list, target, start);
                return;
            }
            enumerator = items.GetEnumerator();
            while (enumerator.MoveNext())
            {
                start.CheckWasCalled(); // PEP 3333: the first step of the iterator may still call it
                var piece = bytesOf(enumerator.Current);
                if (piece.IsEmpty)
                    continue; // the head leaves with the first byte
                await SendPieceAsync(piece, target);
                if (target.OmitsBody)
                    return; // an endless sequence would never let HEAD end
            }
            start.CheckWasCalled();
        }
        finally
        {
            await EndAsync(enumerator);
        }
    }

    private async ValueTask EndAsync(IEnumerator<T>? enumerator)
    {
        try
        {
            enumerator?.Dispose();
        }
        finally
        {
            if (!ReferenceEquals(enumerator, items)) // an iterator method is its own enumerator
                await DisposeAsync(items);
        }
    }

    // Nothing is computed between the pieces of a list, so that its length is known and nothing need be sent early.
    private async ValueTask SendListAsync(IList<T> list, ResponseWriter target, ResponseStart start)
    {
        start.CheckWasCalled();
        var pieces = list.Select(bytesOf).ToList();
        await target.StartAsync(pieces.Sum(static piece => (long)piece.Length));
        foreach (var piece in pieces)
            await target.WriteAsync(piece);
    }
}
