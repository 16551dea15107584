namespace AsyncServer.Http;

/// <summary>A file with the compressed versions that lie beside it.</summary>
/// <param name="Plain">The file as it is.</param>
/// <param name="Encoded">The others, in the order of <see cref="ContentCoding.All"/>.</param>
internal sealed record ServedFile(Representation Plain, Representation[] Encoded)
{
    /// <summary>Whether a version of it is small enough to be kept.</summary>
    internal bool HasContent => Plain.Content is not null || Array.Exists(Encoded, static encoded => encoded.Content is not null);

    /// <summary>Bytes of all that is kept of it.</summary>
    internal int Weight => Plain.Weight + Encoded.Sum(static encoded => encoded.Weight);

    /// <summary>The version for a request.</summary>
    internal Representation Choose(Request request) => Encoded.Length == 0 ? Plain : AcceptEncoding.Choose(this, request.Headers.Raw);
}
