using System.Runtime.CompilerServices;

namespace AsyncServer.Http;

/// <summary>Pieces that are waited for.</summary>
internal sealed class AwaitedSequence<T>(IAsyncEnumerable<T> items, Func<T, ReadOnlyMemory<byte>> bytesOf) : BodySequence
{
    internal override long? Length => null;

    internal override ValueTask DisposeAsync() => DisposeAsync(items);

    internal override async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        IAsyncEnumerator<T>? enumerator = null;
        try
        {
            enumerator = items.GetAsyncEnumerator(cancellation);
            while (await enumerator.MoveNextAsync())
                yield return bytesOf(enumerator.Current);
        }
        finally
        {
            await EndAsync(enumerator);
        }
    }

    internal override async ValueTask SendAsync(ResponseWriter target, ResponseStart start, CancellationToken cancellation)
    {
        IAsyncEnumerator<T>? enumerator = null;
        try
        {
            enumerator = items.GetAsyncEnumerator(cancellation);
            while (await enumerator.MoveNextAsync())
            {
                start.CheckWasCalled();
                var piece = bytesOf(enumerator.Current);
                if (piece.IsEmpty)
                    continue; // PEP 3333: the head leaves with the first byte
                await SendPieceAsync(piece, target);
                if (target.OmitsBody)
                    return;
            }
            start.CheckWasCalled();
        }
        finally
        {
            await EndAsync(enumerator);
        }
    }

    private async ValueTask EndAsync(IAsyncEnumerator<T>? enumerator)
    {
        try
        {
            if (enumerator is not null)
                await enumerator.DisposeAsync();
        }
        finally
        {
            if (!ReferenceEquals(enumerator, items))
                await DisposeAsync(items);
        }
    }
}
