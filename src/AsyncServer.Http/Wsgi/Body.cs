namespace AsyncServer.Http;

/// <summary>
/// What an <see cref="Application"/> returns: text, bytes, a stream, a file or a sequence of pieces. A body whose size is known gets
/// Content-Length, in bytes, unless the app gave one. What is disposable in it is disposed exactly once, also when the request fails, is
/// HEAD, or its client has gone (PEP 3333, <c>close()</c>). The default value is an empty body.
/// </summary>
public readonly struct Body : IEquatable<Body>, IAsyncDisposable
{
    private readonly object? _content;

    private Body(object? content) => _content = content;

    /// <summary>Text, sent in UTF-8.</summary>
    public static implicit operator Body(string? text) => new(text);

    /// <summary>Bytes, sent as they are.</summary>
    public static implicit operator Body(byte[]? bytes) => new(bytes);

    /// <summary>Bytes, sent as they are.</summary>
    public static implicit operator Body(ReadOnlyMemory<byte> bytes) => new(bytes);

    /// <summary>A stream from where it stands to its end, sent as it gives its bytes, then disposed.</summary>
    public static implicit operator Body(Stream? stream) => new(stream);

    /// <summary>A file's content, sent by the system without a copy where it can be. It is opened when it is sent.</summary>
    public static implicit operator Body(FileInfo? file) => new(file);

    /// <summary>
    /// A sequence of texts. Each is sent before the next is asked for; a list is known as a whole and gets its Content-Length.
    /// </summary>
    /// <param name="items">Empty ones send nothing. Disposed with its enumerator if it is disposable.</param>
    public static Body From(IEnumerable<string> items) => new(new PulledSequence<string>(items, BodySequence.BytesOf));

    /// <summary>A sequence of pieces.</summary>
    /// <inheritdoc cref="From(IEnumerable{string})"/>
    public static Body From(IEnumerable<byte[]> items) => new(new PulledSequence<byte[]>(items, BodySequence.BytesOf));

    /// <summary>A sequence of pieces.</summary>
    /// <inheritdoc cref="From(IEnumerable{string})"/>
    public static Body From(IEnumerable<ReadOnlyMemory<byte>> items) =>
        new(new PulledSequence<ReadOnlyMemory<byte>>(items, static item => item));

    /// <summary>A sequence of texts that are waited for. Each is sent before the next is asked for.</summary>
    /// <param name="items">
    /// Empty ones send nothing. Its enumerator gets the request's cancellation token. Disposed with its enumerator if it is disposable.
    /// </param>
    public static Body From(IAsyncEnumerable<string> items) => new(new AwaitedSequence<string>(items, BodySequence.BytesOf));

    /// <summary>A sequence of pieces that are waited for.</summary>
    /// <inheritdoc cref="From(IAsyncEnumerable{string})"/>
    public static Body From(IAsyncEnumerable<byte[]> items) => new(new AwaitedSequence<byte[]>(items, BodySequence.BytesOf));

    /// <summary>A sequence of pieces that are waited for.</summary>
    /// <inheritdoc cref="From(IAsyncEnumerable{string})"/>
    public static Body From(IAsyncEnumerable<ReadOnlyMemory<byte>> items) =>
        new(new AwaitedSequence<ReadOnlyMemory<byte>>(items, static item => item));

    /// <summary>
    /// How many bytes it has, or null where that is not known before it is sent: a sequence other than a list, a stream without a length.
    /// </summary>
    /// <exception cref="FileNotFoundException">It is a file that is not there.</exception>
    public long? Length => BodyReader.LengthOf(_content);

    /// <summary>
    /// Its content, for middleware that sends something else in its place. It is read once, instead of being sent; disposing the enumerator
    /// disposes the body. A piece is valid until the next is asked for.
    /// </summary>
    /// <param name="cancellation">Reaches the enumerator of a sequence, and the reads of a stream.</param>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellation = default) =>
        BodyReader.ReadAsync(_content, cancellation);

    /// <summary>Disposes what is disposable in it: the duty of middleware that neither returns nor reads it.</summary>
    public ValueTask DisposeAsync() => BodyReader.DisposeAsync(_content);

    /// <summary>Two bodies are equal when they hold the same content, not equal ones.</summary>
    public bool Equals(Body other) => ReferenceEquals(_content, other._content);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Body other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(_content);

    /// <inheritdoc cref="Equals(Body)"/>
    public static bool operator ==(Body left, Body right) => left.Equals(right);

    /// <inheritdoc cref="Equals(Body)"/>
    public static bool operator !=(Body left, Body right) => !left.Equals(right);

    /// <summary>A part of a file that is open already.</summary>
    internal static Body From(FilePart part) => new(part);

    /// <summary>The conversions above, where the type is known at run time alone.</summary>
    /// <exception cref="InvalidOperationException">No conversion takes it.</exception>
    internal static Body FromValue(object? value) => value switch
    {
        null => default,
        Body body => body,
        string text => text,
        byte[] bytes => bytes,
        ReadOnlyMemory<byte> bytes => bytes,
        Memory<byte> bytes => (ReadOnlyMemory<byte>)bytes,
        Stream stream => stream,
        FileInfo file => file,
        IAsyncEnumerable<string> items => From(items),
        IAsyncEnumerable<byte[]> items => From(items),
        IAsyncEnumerable<ReadOnlyMemory<byte>> items => From(items),
        IEnumerable<string> items => From(items),
        IEnumerable<byte[]> items => From(items),
        IEnumerable<ReadOnlyMemory<byte>> items => From(items),
        _ => throw new InvalidOperationException($"The app returned a {value.GetType()}, which is no body."),
    };

    /// <summary>Whether sending it runs code of the app.</summary>
    internal bool IsSequence => _content is BodySequence;

    internal ValueTask SendAsync(ResponseWriter target, ResponseStart start, CancellationToken cancellation)
    {
        if (_content is not string text)
            return BodySender.SendAsync(_content, target, start, cancellation);
        start.CheckWasCalled();
        return target.WriteLastTextAsync(text);
    }
}
