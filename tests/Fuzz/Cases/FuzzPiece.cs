namespace AsyncServer.Fuzz;

/// <summary>Bytes that leave a client in one send.</summary>
/// <param name="Bytes">At least one.</param>
/// <param name="Pause">Before it, in milliseconds.</param>
internal sealed record FuzzPiece(byte[] Bytes, int Pause);
