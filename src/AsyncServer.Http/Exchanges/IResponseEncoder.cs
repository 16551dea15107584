using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Http;

/// <summary>
/// What a version of HTTP does with a response: it puts the head and the body on the wire. It is told what to send, once and in order, by
/// <see cref="ResponseState"/>, which keeps the rules that all versions share.
/// </summary>
internal interface IResponseEncoder
{
    /// <summary>Whether nothing can be sent any more: the client has gone, or took too little for too long.</summary>
    bool IsBroken { get; }

    /// <summary>Whether a write waits for the client.</summary>
    bool IsWaiting { get; }

    /// <summary>Whether a part of the current response has left; after that it cannot be taken back.</summary>
    bool HasLeft { get; }

    /// <summary>Bytes that were written and have not left, or never will.</summary>
    long Unsent { get; }

    /// <summary>Writes the head. Nothing is sent yet, unless there is no room.</summary>
    /// <exception cref="InvalidOperationException">The fields do not fit, or are not allowed.</exception>
    ValueTask WriteHeadAsync(in ResponseHead head);

    /// <summary>Writes a piece of the body, which is not empty.</summary>
    ValueTask WriteBodyAsync(ReadOnlyMemory<byte> data);

    /// <summary>Room for a piece of the body that is written in place; <see cref="Advance"/> says how much it was.</summary>
    /// <returns>False when there is none: then <see cref="WriteBodyAsync"/> takes the piece.</returns>
    bool TryGetSpan(int length, out Span<byte> span);

    /// <summary>Bytes were written into the span that <see cref="TryGetSpan"/> gave.</summary>
    void Advance(int count);

    /// <summary>Sends a part of a file as a piece of the body.</summary>
    /// <returns>Bytes that were not sent: the file became shorter, or the client has gone.</returns>
    ValueTask<long> SendFileAsync(SafeFileHandle file, long offset, long count);

    /// <summary>Sends what was written.</summary>
    ValueTask FlushAsync();

    /// <summary>The body is at its end.</summary>
    ValueTask EndAsync();

    /// <summary>Sends an interim response (RFC 9110 section 15.2), unless the client's version has none.</summary>
    ValueTask SendInterimAsync(int status, IReadOnlyList<(string Name, string Value)> fields);

    /// <summary>Forgets what was written of the current response.</summary>
    /// <returns>False when a part of it has left.</returns>
    bool TryTakeBack();
}
