namespace AsyncServer.Http;

/// <summary>Pieces that are waited for.</summary>
internal sealed class AwaitedSequence<T>(IAsyncEnumerable<T> items, Func<T, ReadOnlyMemory<byte>> bytesOf) : BodySequence
{
    internal override async ValueTask SendAsync(ResponseState target, ResponseStart start, CancellationToken cancellation)
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
}
